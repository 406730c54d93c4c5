"""What the token buckets are made of: how much is left, who may go after a refusal, who waits."""
