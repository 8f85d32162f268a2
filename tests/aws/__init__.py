"""With boto3 and moto: run by `tox -e aws`."""
