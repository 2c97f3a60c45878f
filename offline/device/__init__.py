"""What a phone does: keys, a wallet file, payments without a network, and sync with one.

It shares the messages with the server and nothing else. `python -m offline.device --help`
"""
