"""What carries money in and out. Each provider is one package that knows no other."""
