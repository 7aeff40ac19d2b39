# What `serve` may do: hand in certificates. It can neither read, change, list nor destroy any.
# "secret" is the mount, STELLWERK_VAULT_MOUNT.

path "secret/data/tenants/+/certificates/+" {
  capabilities = ["create"]
}
