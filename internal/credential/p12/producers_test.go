package p12_test

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// producer makes files with the programs of others, in a folder of its own.
type producer struct {
	t   *testing.T
	dir string
}

// have reports whether a program is there. Only `make test-long` installs all of them; there a missing one is a failure.
func have(t *testing.T, program string) bool {
	t.Helper()
	_, err := exec.LookPath(program)
	if err != nil && os.Getenv("STELLWERK_TEST_LONG") != "" {
		t.Fatal(err)
	}
	return err == nil
}

func (p producer) path(name string) string { return filepath.Join(p.dir, name) }

func (p producer) run(program string, args ...string) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "HOME="+p.dir)
	if said, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("%s: %v: %s", program, err, said)
	}
}

func (p producer) write(name string, content []byte) string {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return p.path(name)
}

// made returns a file that a program has made.
func (p producer) made(name string) []byte {
	p.t.Helper()
	content, err := os.ReadFile(p.path(name))
	if err != nil {
		p.t.Fatal(err)
	}
	return content
}

// pemOfCerts writes certificates only.
func pemOfCerts(t *testing.T, e employer, certs ...*x509.Certificate) []byte {
	t.Helper()
	whole, key := pemOf(t, e.key, certs...), pemOf(t, e.key)
	return whole[len(key):]
}

func TestFilesOfJavaAreUnderstood(t *testing.T) {
	t.Parallel()
	if !have(t, "keytool") {
		return
	}
	e, p := newEmployer(t), producer{t, t.TempDir()}
	in := p.write("in.p12", openssl(t, pemOf(t, e.key, e.leaf, e.middle, e.root), wordOf, "-name", "stellwerk"))
	root := p.write("root.pem", pemOfCerts(t, e, e.root))
	convert := func(name, kind string, options ...string) kindOf {
		p.run("keytool", append([]string{
			"-importkeystore", "-noprompt", "-srckeystore", in, "-srcstoretype", "PKCS12", "-srcstorepass", wordOf,
			"-destkeystore", p.path(name), "-deststoretype", kind, "-deststorepass", wordOf, "-destkeypass", wordOf,
		}, options...)...)
		return kindOf{p.made(name)}
	}
	p.run("keytool", "-importcert", "-noprompt", "-alias", "root", "-file", root, "-keystore", p.path("trust.p12"), "-storetype", "PKCS12", "-storepass", wordOf)
	good := convert("good.p12", "PKCS12")
	p.write("two.p12", good.file)
	p.run("keytool", "-importcert", "-noprompt", "-alias", "root", "-file", root, "-keystore", p.path("two.p12"), "-storetype", "PKCS12", "-storepass", wordOf)
	expectKinds(t, map[string]kind{
		"keytool":                          good.is("ok"),
		"keytool, legacy":                  convert("legacy.p12", "PKCS12", "-J-Dkeystore.pkcs12.legacy").is("ok"),
		"keytool, no check sum":            convert("nomac.p12", "PKCS12", "-J-Dkeystore.pkcs12.macAlgorithm=NONE").is("ok"),
		"keytool, certificates not sealed": convert("open.p12", "PKCS12", "-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE").is("ok"),
		"keytool, and a trusted root":      {p.made("two.p12"), wordOf, "ok"},
		"keytool, wrong PIN":               {good.file, "12345678", "wrong_pin"},
		"keytool, a trust store":           {p.made("trust.p12"), wordOf, "no_key"},
		"keytool, JKS":                     convert("old.jks", "JKS").is("not_p12"),
		"keytool, JCEKS":                   convert("old.jceks", "JCEKS").is("not_p12"),
	})
}

// kindOf is a file whose code is said later.
type kindOf struct{ file []byte }

func (k kindOf) is(code string) kind { return kind{k.file, wordOf, code} }

func TestFilesOfGnuTLSAreUnderstood(t *testing.T) {
	t.Parallel()
	if !have(t, "certtool") {
		return
	}
	e, p := newEmployer(t), producer{t, t.TempDir()}
	key := p.write("key.pem", pemOf(t, e.key))
	leaf, chain := p.write("leaf.pem", pemOfCerts(t, e, e.leaf)), p.write("chain.pem", pemOfCerts(t, e, e.leaf, e.middle))
	root := p.write("root.pem", pemOfCerts(t, e, e.root))
	make12 := func(name string, options ...string) kindOf {
		p.run("certtool", append([]string{
			"--to-p12", "--outder", "--p12-name", "stellwerk", "--password", wordOf, "--outfile", p.path(name),
		}, options...)...)
		return kindOf{p.made(name)}
	}
	good := make12("good.p12", "--load-privkey", key, "--load-certificate", leaf)
	expectKinds(t, map[string]kind{
		"certtool":                           good.is("ok"),
		"certtool, a chain in three safes":   make12("chain.p12", "--load-privkey", key, "--load-certificate", chain, "--load-ca-certificate", root).is("ok"),
		"certtool, 3DES":                     make12("des.p12", "--load-privkey", key, "--load-certificate", leaf, "--pkcs-cipher", "3des-pkcs12").is("ok"),
		"certtool, RC2-40":                   make12("rc2.p12", "--load-privkey", key, "--load-certificate", leaf, "--pkcs-cipher", "rc2-40").is("ok"),
		"certtool, AES-128":                  make12("aes.p12", "--load-privkey", key, "--load-certificate", leaf, "--pkcs-cipher", "aes-128").is("ok"),
		"certtool, check sum by SHA-512":     make12("sha.p12", "--load-privkey", key, "--load-certificate", leaf, "--hash", "SHA512").is("ok"),
		"certtool, RC4":                      make12("rc4.p12", "--load-privkey", key, "--load-certificate", leaf, "--pkcs-cipher", "arcfour").is("unsupported_encryption"),
		"certtool, wrong PIN":                {good.file, "12345678", "wrong_pin"},
		"certtool, certificates only":        make12("certs.p12", "--load-certificate", chain).is("no_key"),
		"certtool, a certificate of another": make12("other.p12", "--load-privkey", key, "--load-certificate", root).is("key_mismatch"),
	})
}

// keptByNSS imports files into a store of NSS and returns the function that exports from it.
func keptByNSS(t *testing.T, files ...[]byte) (export func(name, pin string, options ...string) []byte) {
	t.Helper()
	p := producer{t, t.TempDir()}
	store := "sql:" + p.dir
	p.run("certutil", "-N", "-d", store, "--empty-password")
	for _, file := range files {
		p.run("pk12util", "-i", p.write("in.p12", file), "-d", store, "-W", wordOf, "-K", "")
	}
	return func(name, pin string, options ...string) []byte {
		p.run("pk12util", append([]string{"-o", p.path(name), "-n", "stellwerk", "-d", store, "-W", pin, "-K", ""}, options...)...)
		return p.made(name)
	}
}

// renewals returns the files of an employer whose certificate was renewed, each with a key of its own.
func renewals(t *testing.T, n int) [][]byte {
	t.Helper()
	issuerKey := newECKey(t)
	issuer := certify(t, "Issuer", nil, issuerKey, issuerKey)
	files := make([][]byte, n)
	for i := range files {
		key := newECKey(t)
		leaf := certifyUntil(t, "V000123400", issuer, key, issuerKey, notAfter.AddDate(0, i, 0))
		files[i] = openssl(t, pemOf(t, key, leaf, issuer), wordOf, "-name", "stellwerk")
	}
	return files
}

// NSS writes BER inside the content too, all identities of one subject, and 600,000 rounds at each place.
func TestFilesOfNSSAreUnderstood(t *testing.T) {
	t.Parallel()
	if !have(t, "pk12util") {
		return
	}
	e := newEmployer(t)
	export := keptByNSS(t, openssl(t, pemOf(t, e.key, e.leaf, e.middle, e.root), wordOf, "-name", "stellwerk"))
	renewed := keptByNSS(t, renewals(t, 3)...)
	const old = "PKCS #12 V2 PBE With SHA-1 And "
	good := export("good.p12", wordOf)
	expectKinds(t, map[string]kind{
		"pk12util":               {good, wordOf, "ok"},
		"pk12util, 3DES":         {export("des.p12", wordOf, "-c", old+"3KEY Triple DES-CBC", "-C", old+"3KEY Triple DES-CBC"), wordOf, "ok"},
		"pk12util, RC2-40":       {export("rc2.p12", wordOf, "-c", old+"3KEY Triple DES-CBC", "-C", old+"40 Bit RC2 CBC"), wordOf, "ok"},
		"pk12util, AES-128":      {export("aes.p12", wordOf, "-c", "AES-128-CBC", "-C", "AES-128-CBC"), wordOf, "ok"},
		"pk12util, with umlauts": {export("umlauts.p12", "Schlüssel"), "Schlüssel", "ok"},
		"pk12util, 3 identities": {renewed("three.p12", wordOf), wordOf, "ok"},
		"pk12util, cut in half":  {good[:len(good)/2], wordOf, "ber_encoding"},
		"pk12util, wrong PIN":    {good, "12345678", "wrong_pin"},
	})
}
