# What `work` may do: read certificates to speak to the BA, find those that nobody needs any more and destroy them for good. It can neither
# make nor change any. "secret" is the mount, STELLWERK_VAULT_MOUNT.

path "secret/data/tenants/+/certificates/+" {
  capabilities = ["read"]
}

path "secret/metadata/tenants/*" {
  capabilities = ["list", "delete"]
}
