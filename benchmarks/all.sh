#!/bin/sh
# Everything that docs/performance.md shows, measured again, as its rows of Markdown.
#
#     sh benchmarks/all.sh FOLDER >performance.txt
#
# FOLDER keeps a virtual environment with pemcheck as users install it, and what is read: made once, some minutes.
# On a machine that has nothing else to do it takes about an hour; PYTHON names the interpreter, ROUNDS how many rounds,
# and OPTIONS=--processor is for a machine that has other work to do.
set -e
mkdir -p "$1"
folder=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
rounds=${ROUNDS:-5}
OPTIONS=${OPTIONS:-}
python=$folder/venv/bin/python
unset PYTHONPATH PYTHONDONTWRITEBYTECODE

if [ ! -e "$folder/venv" ]; then
    "${PYTHON:-python3}" -m venv "$folder/venv"
    "$python" -m pip install --quiet cryptography pkilint >&2
fi
"$python" -m pip install --quiet --no-cache-dir --force-reinstall "${here%/*}" >&2
[ -e "$folder/fleet.pem" ] || "$python" "$here/fleet.py" "$folder/fleet.pem"
[ -e "$folder/large.pem" ] || "$python" "$here/fleet.py" "$folder/large.pem" --count 100000
[ -e "$folder/submissions" ] || "$python" "$here/fleet.py" --submissions "$folder/submissions" --count 1000

for case in clean-rsa-2048 clean-p256; do
    printf '\n## startup.py --case %s\n\n' "$case"
    "$python" "$here/startup.py" --rounds 15 --case "$case" $OPTIONS
done
printf '\n## bulk.py\n\n'
"$python" "$here/bulk.py" "$folder/fleet.pem" --rounds "$rounds" $OPTIONS
printf '\n## submissions.py\n\n'
"$python" "$here/submissions.py" "$folder/submissions" --rounds "$rounds" $OPTIONS
printf '\n## growth.py\n\n'
"$python" "$here/growth.py" "$folder/large.pem" $OPTIONS
printf '\n## growth.py --issuers\n\n'
"$python" "$here/growth.py" "$folder/large.pem" --issuers $OPTIONS
