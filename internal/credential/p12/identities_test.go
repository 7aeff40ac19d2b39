package p12_test

import (
	"crypto"
	"crypto/x509"
	"testing"
)

// identity returns a key in the clear and its certificate, as two bags.
func identity(t *testing.T, key crypto.Signer, leaf *x509.Certificate) []byte {
	t.Helper()
	return sequence(certBag(leaf), bag(bagKey, pkcs8(t, key)))
}

// strangeIdentity returns a file with a key of a kind that Go does not know.
func strangeIdentity(t *testing.T, kind ...string) []byte {
	t.Helper()
	key := opensslDo(t, nil, append([]string{"genpkey", "-algorithm"}, kind...)...)
	cert := opensslDo(t, key, "req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/CN=Strange", "-days", "3650")
	return openssl(t, append(key, cert...), wordOf)
}

// A store of Java or of a browser may hold the BA's certificate beside others.
func TestAmongSeveralIdentitiesTheUsableOneIsFound(t *testing.T) {
	t.Parallel()
	e := newEmployer(t)
	good := openssl(t, pemOf(t, e.key, e.leaf, e.middle), wordOf)
	key := newECKey(t)
	beside := func(key crypto.Signer, change func(*x509.Certificate)) kind {
		longer := e.special(t, key, func(c *x509.Certificate) {
			c.NotAfter, c.Subject.CommonName = notAfter.AddDate(10, 0, 0), "Longer"
			change(c)
		})
		return kind{joined(t, openssl(t, pemOf(t, key, longer), wordOf), good), wordOf, "ok"}
	}
	self := certifyUntil(t, "V000123400", nil, key, key, notAfter.AddDate(10, 0, 0))
	first, second := sealedSafe(t, identity(t, e.key, e.leaf)), sealedSafe(t, identity(t, key, e.special(t, key, func(*x509.Certificate) {})))
	ed448, pss := strangeIdentity(t, "ED448"), strangeIdentity(t, "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")
	expectKinds(t, map[string]kind{
		"two sealed safes":              {pfx(t, sequence(first, second)), wordOf, "ok"},
		"three sealed safes":            {pfx(t, sequence(first, second, first)), wordOf, "ok"},
		"beside a self-issued one":      {joined(t, openssl(t, pemOf(t, key, self), wordOf), good), wordOf, "ok"},
		"beside a server's":             beside(key, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }),
		"beside one with a weak key":    beside(weakKey(t), func(*x509.Certificate) {}),
		"beside a key of Ed448":         {joined(t, ed448, good), wordOf, "ok"},
		"beside a key of RSA-PSS":       {joined(t, good, pss), wordOf, "ok"},
		"strange keys only":             {joined(t, ed448, pss), wordOf, "unsupported_encryption"},
		"beside a strange key, no sum":  {pfxBy(taken(t, joined(t, ed448, good)), nil), wordOf, "ok"},
		"beside a key with another PIN": {joined(t, openssl(t, pemOf(t, key, self), "another", "-certpbe", "NONE"), good), wordOf, "wrong_pin"},
	})
}

// Whoever changes a check sum must not get past the PIN: it would be kept as the one that belongs to the file.
func TestACheckSumThatProvesNoPINOpensNothing(t *testing.T) {
	t.Parallel()
	e := newEmployer(t)
	open := openssl(t, pemOf(t, e.key, e.leaf), wordOf, "-keypbe", "NONE", "-certpbe", "NONE")
	three, loose := taken(t, joined(t, open, pfx(t, sequence(openSafe())))), loosened(t, taken(t, open), 50)
	hash, digest := sequence(object(algHMACSHA256)), octets(make([]byte, 32))
	pbmac1 := func(params []byte) []byte {
		by := sequence(object(algPBMAC1), sequence(sequence(object(algPBKDF2), params), hash))
		return sequence(sequence(by, digest), octets(nil), number(0))
	}
	sums := map[string][]byte{
		"empty":              sequence(),
		"no digest":          sequence(sequence(sequence(object(algHMACSHA256))), octets([]byte("salt")), number(1)),
		"PBMAC1, no rounds":  pbmac1(sequence()),
		"PBMAC1, short key":  pbmac1(sequence(octets([]byte("salt")), number(1), number(1), hash)),
		"a text for the sum": sequence(octets([]byte("sum"))),
	}
	table := map[string]kind{}
	for name, sum := range sums {
		for _, pin := range []string{"12345678", ""} {
			table[name+", three safes, "+pin] = kind{pfxBy(three, sum), pin, "corrupt"}
			table[name+", BER inside, "+pin] = kind{pfxBy(loose, sum), pin, "corrupt"}
		}
	}
	expectKinds(t, table)
}
