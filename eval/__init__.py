"""How well risk and meaning are recognised: `make eval`, with floors that CI holds (`--check`)."""
