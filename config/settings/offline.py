"""Offline payments: what a device may spend, for how long, and who bears what."""

from config.settings.environment import env

# What a device's certificate allows: of one voucher and in all, in major units, and how many
# vouchers. Attested devices proved where their key is kept; basic ones did not.
OFFLINE_ATTESTED_LIMITS = env.list("OFFLINE_ATTESTED_LIMITS", default=["1000.00", "5000.00", "20"])
OFFLINE_BASIC_LIMITS = env.list("OFFLINE_BASIC_LIMITS", default=["200.00", "2000.00", "20"])
# The most that one wallet's certificates of 24 hours may hold, in major units.
OFFLINE_PRELOAD_PER_DAY = env("OFFLINE_PRELOAD_PER_DAY", default="10000.00")

# How long a certificate pays, and how long after that its vouchers may still be brought to us.
OFFLINE_CERTIFICATE_SECONDS = env.int("OFFLINE_CERTIFICATE_SECONDS", default=72 * 3600)
OFFLINE_SUBMIT_SECONDS = env.int("OFFLINE_SUBMIT_SECONDS", default=7 * 86400)

# Whether what a device spent twice is taken from its owner's wallets. It belongs into the terms
# that owners agree to.
OFFLINE_RECOURSE = env.bool("OFFLINE_RECOURSE", default=True)
# The most that the reserve pays for one certificate, in major units. Left empty, what the
# certificate holds for an attested device, and nothing for a basic one.
OFFLINE_GUARANTEE_CAP = env("OFFLINE_GUARANTEE_CAP", default="")
# Whether closing a certificate of an attested device gives back at once what it did not spend.
OFFLINE_FAST_CLOSE = env.bool("OFFLINE_FAST_CLOSE", default=False)

# Whether a wallet may be opened to have its device's key made by this server and given out once,
# encrypted. Then the server could have kept it, and a voucher proves less: leave it off.
OFFLINE_SERVER_KEYGEN = env.bool("OFFLINE_SERVER_KEYGEN", default=False)

# A file of PEM certificates: the roots of device makers whose word on a key is taken.
OFFLINE_ATTESTATION_ROOTS = env("OFFLINE_ATTESTATION_ROOTS", default="")

# How many vouchers somebody may submit in an hour, and how many receipts an address may have
# looked at in a minute.
OFFLINE_ITEMS_PER_HOUR = env.int("OFFLINE_ITEMS_PER_HOUR", default=2000)
OFFLINE_RECEIPTS_PER_MINUTE = env.int("OFFLINE_RECEIPTS_PER_MINUTE", default=30)
