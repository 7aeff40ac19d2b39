package p12_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// kind is one kind of file, opened with a PIN, and the code that it must get.
type kind struct {
	file []byte
	pin  string
	code string
}

// wordOf is the PIN of every file that does not need another one.
const wordOf = "0815-geheim"

// noon is when the files are judged.
var noon = notBefore.AddDate(0, 1, 0)

// judge opens a file and looks at what was found, as an upload does. It returns the code and what was opened.
func judge(t *testing.T, file []byte, pin string) (string, *p12.Opened) {
	t.Helper()
	opened, err := open(t, file, pin)
	if err == nil {
		err = p12.Inspect(opened, noon)
	}
	if err == nil {
		return "ok", opened
	}
	found, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatal(err)
	}
	if pin != "" && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), pin) {
		t.Error("the error quotes the PIN")
	}
	return found.Code.Name, opened
}

// expectKinds judges every file of a table.
func expectKinds(t *testing.T, table map[string]kind) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(table)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test := table[name]

			code, opened := judge(t, test.file, test.pin)

			t.Attr("code", code)
			if code != test.code {
				t.Fatalf("the code is %s, want %s", code, test.code)
			}
			if code != "ok" {
				return
			}
			if certificate, err := opened.Certificate(); err != nil || certificate.PrivateKey == nil || opened.Leaf.Subject.CommonName != "V000123400" {
				t.Errorf("it opens to %s, %v", opened.Leaf.Subject, err)
			}
		})
	}
}

// special returns a certificate of the BA that change makes special, with its key and its issuer.
func (e employer) special(t *testing.T, key crypto.Signer, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	issuerKey := newECKey(t)
	issuer := certify(t, "Issuer", nil, issuerKey, issuerKey)
	template := &x509.Certificate{
		SerialNumber: e.leaf.SerialNumber, Subject: pkix.Name{CommonName: "V000123400"}, NotBefore: notBefore, NotAfter: notAfter,
		BasicConstraintsValid: true,
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), issuerKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// sealed is a file of the usual kind.
func sealed(t *testing.T, key crypto.Signer, leaf *x509.Certificate, others ...*x509.Certificate) []byte {
	t.Helper()
	return encode(t, pkcs12.LegacyRC2, key, leaf, others, wordOf)
}

func TestGoodFilesOfEveryKindAreOpened(t *testing.T) {
	t.Parallel()
	e := newEmployer(t)
	input := pemOf(t, e.key, e.leaf, e.middle, e.root)
	authorities := []*x509.Certificate{e.middle, e.root}
	made := func(args ...string) kind { return kind{openssl(t, input, wordOf, args...), wordOf, "ok"} }
	by := func(encoder *pkcs12.Encoder, pin string) []byte {
		return encode(t, encoder, e.key, e.leaf, authorities, pin)
	}
	ecKey := newECKey(t)
	ecLeaf := e.special(t, ecKey, func(*x509.Certificate) {})
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edLeaf := e.special(t, edKey, func(*x509.Certificate) {})
	empty := pfx(t, sequence(openSafe()))
	expectKinds(t, map[string]kind{
		"by the BA: RC2-40 and 3DES":               {by(pkcs12.LegacyRC2, wordOf), wordOf, "ok"},
		"3DES":                                     {by(pkcs12.LegacyDES, wordOf), wordOf, "ok"},
		"PBES2":                                    {by(pkcs12.Modern2023, wordOf), wordOf, "ok"},
		"PBES2 and PBMAC1":                         {by(pkcs12.Modern2026, wordOf), wordOf, "ok"},
		"OpenSSL 3":                                made(),
		"OpenSSL 3, legacy":                        made("-legacy"),
		"OpenSSL 3, legacy, 3DES":                  made("-legacy", "-descert"),
		"OpenSSL 3, RC2-128":                       made("-legacy", "-certpbe", "PBE-SHA1-RC2-128"),
		"OpenSSL 3, AES-128 and AES-192":           made("-certpbe", "AES-128-CBC", "-keypbe", "AES-192-CBC"),
		"OpenSSL 3, check sum by SHA-512":          made("-macalg", "SHA512"),
		"OpenSSL 3, one round":                     made("-iter", "1", "-nomaciter"),
		"OpenSSL 3, 300,000 rounds at each place":  made("-iter", "300000"),
		"OpenSSL 3, open certificates":             made("-certpbe", "NONE"),
		"OpenSSL 3, open key":                      made("-keypbe", "NONE"),
		"OpenSSL 3, nothing sealed, no PIN":        {openssl(t, input, wordOf, "-keypbe", "NONE", "-certpbe", "NONE", "-nomac"), "", "ok"},
		"OpenSSL 3, with names of Microsoft":       made("-CSP", "Microsoft Enhanced RSA and AES Cryptographic Provider", "-LMK", "-name", "Schlüssel für Müller"),
		"an elliptic curve":                        {sealed(t, ecKey, ecLeaf), wordOf, "ok"},
		"Ed25519":                                  {sealed(t, edKey, edLeaf), wordOf, "ok"},
		"the leaf is last":                         {encode(t, pkcs12.LegacyRC2, e.key, e.root, []*x509.Certificate{e.middle, e.leaf}, wordOf), wordOf, "ok"},
		"bags of kinds that nobody knows":          {strange(t, certBag(e.leaf), bag(bagKey, pkcs8(t, e.key))), wordOf, "ok"},
		"for a client by its usages":               {sealed(t, ecKey, e.special(t, ecKey, forClient)), wordOf, "ok"},
		"BER, indefinite lengths":                  {loosened(t, by(pkcs12.LegacyRC2, wordOf), 0), wordOf, "ok"},
		"BER, octet strings in pieces":             {loosened(t, by(pkcs12.Modern2023, wordOf), 100), wordOf, "ok"},
		"BER, inside too":                          {loosenedInside(t, by(pkcs12.LegacyRC2, wordOf)), wordOf, "ok"},
		"no check sum":                             made("-nomac"),
		"no check sum, and a PIN copied badly":     {openssl(t, input, wordOf, "-nomac"), " " + wordOf, "ok"},
		"no check sum, nothing sealed":             made("-keypbe", "NONE", "-certpbe", "NONE", "-nomac"),
		"five safes":                               {joined(t, openssl(t, input, wordOf), openssl(t, input, wordOf, "-keypbe", "NONE"), empty), wordOf, "ok"},
		"a line break behind it":                   {append(by(pkcs12.LegacyRC2, wordOf), "\r\n"...), wordOf, "ok"},
		"a PIN with umlauts":                       {by(pkcs12.LegacyRC2, "Schlüssel ÄÖÜß"), "Schlüssel ÄÖÜß", "ok"},
		"a PIN with umlauts, PBES2":                {openssl(t, input, "Schlüssel ÄÖÜß"), "Schlüssel ÄÖÜß", "ok"},
		"a PIN with umlauts typed as two":          {by(pkcs12.LegacyRC2, "Schlüssel"), "Schlu\u0308ssel", "ok"},
		"a PIN with umlauts, by old programs":      {by(pkcs12.LegacyRC2, "SchlÃ¼ssel"), "Schlüssel", "ok"},
		"a PIN with leading zeros":                 {by(pkcs12.LegacyRC2, "00420042"), "00420042", "ok"},
		"a PIN with blanks":                        {by(pkcs12.LegacyRC2, " two words "), " two words ", "ok"},
		"a PIN that was copied with blanks":        {by(pkcs12.LegacyRC2, wordOf), " " + wordOf + "\n", "ok"},
		"a PIN in groups, as the letter prints it": {by(pkcs12.LegacyRC2, "48151623"), "4815 1623", "ok"},
		"no PIN": {by(pkcs12.LegacyRC2, ""), "", "ok"},
	})
}

func forClient(c *x509.Certificate) {
	c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection, x509.ExtKeyUsageClientAuth}
}

func TestWrongFilesOfEveryKindAreToldApart(t *testing.T) {
	t.Parallel()
	e := newEmployer(t)
	key := newECKey(t)
	good := sealed(t, e.key, e.leaf)
	input := pemOf(t, e.key, e.leaf)
	// unread is a file that others read, and go-pkcs12 does not.
	unread := func(args ...string) kind {
		return kind{openssl(t, input, wordOf, args...), wordOf, "unsupported_encryption"}
	}
	with := func(change func(*x509.Certificate)) []byte { return sealed(t, key, e.special(t, key, change)) }
	trust, err := pkcs12.LegacyRC2.EncodeTrustStore([]*x509.Certificate{e.root}, wordOf)
	if err != nil {
		t.Fatal(err)
	}
	weakRSA := weakKey(t)
	weakCurve, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	selfKey := newECKey(t)
	brainpool := foreignCurve(t)
	forged := e.special(t, key, func(*x509.Certificate) {})
	otherKey := newECKey(t)
	table := map[string]kind{
		"nothing":                          {nil, wordOf, "empty"},
		"64 KiB and a byte":                {make([]byte, p12.MaxFile+1), wordOf, "too_large"},
		"zeroes":                           {make([]byte, p12.MaxFile), wordOf, "not_p12"},
		"PEM":                              {input, wordOf, "not_p12"},
		"a certificate":                    {e.leaf.Raw, wordOf, "not_p12"},
		"a ZIP":                            {[]byte("PK\x03\x04 and so on"), wordOf, "not_p12"},
		"a Java keystore":                  {[]byte("\xfe\xed\xfe\xed\x00\x00\x00\x02"), wordOf, "not_p12"},
		"an e-mail":                        {[]byte("From: Zentrale.VAM-AccountMgmt@arbeitsagentur.de\r\n"), wordOf, "not_p12"},
		"a page":                           {[]byte("<!DOCTYPE html><title>Anmelden</title>"), wordOf, "not_p12"},
		"cut in half":                      {good[:len(good)/2], wordOf, "corrupt"},
		"a byte put in":                    {slices.Insert(bytes.Clone(good), 60, 0x0D), wordOf, "corrupt"},
		"a text mode's line breaks":        {asText(t, e), wordOf, "corrupt"},
		"BER, cut in half":                 {loosened(t, good, 0)[:len(good)/2], wordOf, "ber_encoding"},
		"BER in a sealed safe":             {pfx(t, sequence(sealedSafe(t, loosened(t, sequence(certBag(e.leaf), bag(bagKey, pkcs8(t, e.key))), 0)))), wordOf, "ber_encoding"},
		"nested without end":               {nested(), wordOf, "ber_encoding"},
		"the PIN of another letter":        {good, "12345678", "wrong_pin"},
		"no PIN":                           {good, "", "wrong_pin"},
		"another PIN, and no check sum":    {openssl(t, input, wordOf, "-nomac"), "12345678", "wrong_pin"},
		"another PIN, and BER inside":      {loosenedInside(t, openssl(t, input, wordOf)), "12345678", "wrong_pin"},
		"hostile, and BER inside":          {loosenedInside(t, openssl(t, input, wordOf, "-iter", "1000001")), wordOf, "hostile_iterations"},
		"BER inside, certificates only":    {loosenedInside(t, openssl(t, input, wordOf, "-nokeys")), wordOf, "no_key"},
		"BER inside, a key only":           {loosenedInside(t, openssl(t, input, wordOf, "-nocerts")), wordOf, "no_certificate"},
		"a PIN with another letter case":   {good, strings.ToUpper(wordOf), "wrong_pin"},
		"a PIN with an emoji":              {good, "🔑", "wrong_pin"},
		"a key with a password of its own": {joined(t, openssl(t, input, wordOf, "-nokeys", "-nomac"), openssl(t, input, "another", "-nocerts", "-nomac")), wordOf, "wrong_pin"},
		"certificates only":                {openssl(t, input, wordOf, "-nokeys"), wordOf, "no_key"},
		"a trust store":                    {trust, wordOf, "no_key"},
		"a key only":                       {openssl(t, input, wordOf, "-nocerts"), wordOf, "no_certificate"},
		"another's certificate":            {sealed(t, key, e.leaf, e.root), wordOf, "key_mismatch"},
		"Camellia":                         {openssl(t, input, wordOf, "-keypbe", "CAMELLIA-256-CBC"), wordOf, "unsupported_encryption"},
		"RC4":                              {openssl(t, input, wordOf, "-legacy", "-certpbe", "PBE-SHA1-RC4-128"), wordOf, "unsupported_encryption"},
		"check sum by MD5":                 {openssl(t, input, wordOf, "-macalg", "MD5"), wordOf, "unsupported_encryption"},
		"a key of a curve that nobody has": {openssl(t, brainpool, wordOf), wordOf, "unsupported_encryption"},
		"3DES of two keys":                 unread("-legacy", "-keypbe", "PBE-SHA1-2DES"),
		"PBES2 with 3DES":                  unread("-certpbe", "DES-EDE3-CBC", "-keypbe", "DES-EDE3-CBC"),
		"check sum by SHA-224":             unread("-macalg", "SHA224"),
		"check sum by SHA-384":             unread("-macalg", "SHA384"),
		"several keys in one sealed safe":  {pfx(t, sequence(sealedSafe(t, sequence(certBag(e.leaf), bag(bagKey, pkcs8(t, e.key)), bag(bagKey, pkcs8(t, key)))))), wordOf, "unsupported_encryption"},
		"bags in bags":                     {strange(t, bag(bagBags, sequence(certBag(e.leaf), bag(bagKey, pkcs8(t, e.key))))), wordOf, "unsupported_encryption"},
		"sealed for a certificate":         {signedFile(t, good), wordOf, "unsupported_encryption"},
		"expired":                          {with(func(c *x509.Certificate) { c.NotAfter = noon.Add(-time.Second) }), wordOf, "expired"},
		"not yet valid":                    {with(func(c *x509.Certificate) { c.NotBefore = noon.Add(time.Second) }), wordOf, "not_yet_valid"},
		"RSA of 1024 bits":                 {sealed(t, weakRSA, e.special(t, weakRSA, func(*x509.Certificate) {})), wordOf, "weak_key"},
		"a curve of 224 bits":              {sealed(t, weakCurve, e.special(t, weakCurve, func(*x509.Certificate) {})), wordOf, "weak_key"},
		"a server's":                       {with(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), wordOf, "wrong_key_usage"},
		"for e-mail only":                  {with(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} }), wordOf, "wrong_key_usage"},
		"for encryption only":              {with(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), wordOf, "wrong_key_usage"},
		"an authority's":                   {with(func(c *x509.Certificate) { c.IsCA = true }), wordOf, "wrong_key_usage"},
		"self-issued":                      {sealed(t, selfKey, certify(t, "V000123400", nil, selfKey, selfKey)), wordOf, "wrong_issuer"},
		"signed by another than the file's issuer": {sealed(t, key, forged, certify(t, "Issuer", nil, otherKey, otherKey)), wordOf, "wrong_issuer"},
		"hostile check sum":                        {hostile(t, e, ofCheckSum), wordOf, "hostile_iterations"},
		"hostile certificates":                     {hostile(t, e, ofCertificates), wordOf, "hostile_iterations"},
		"hostile key":                              {hostile(t, e, ofKey), wordOf, "hostile_iterations"},
		"hostile PBMAC1":                           {hostileModern(t, e), wordOf, "hostile_iterations"},
		"a count that no number holds":             {bytes.Replace(hostile(t, e, ofKey), []byte{0x02, 0x03, 0x7F, 0xFF, 0xFF}, []byte{0x02, 0x03, 0x80, 0x00, 0x00}, 1), wordOf, "corrupt"},
		"many places with many rounds":             {joined(t, slices.Repeat([][]byte{openssl(t, input, wordOf, "-iter", "500000")}, 11)...), wordOf, "hostile_iterations"},
		"an issuer of 200,000 bits":                {hugeIssuer(t, e), wordOf, "unsupported_encryption"},
		"an endless PIN":                           {good, strings.Repeat("1", 100_000), "wrong_pin"},
		"nothing in it":                            {pfx(t, sequence()), wordOf, "no_certificate"},
		"nothing in it, wrong PIN":                 {pfx(t, sequence()), "12345678", "wrong_pin"},
		"too many safes":                           {pfx(t, sequence(slices.Repeat(openSafe(), 65))), wordOf, "unsupported_encryption"},
		"too many safes, no check sum":             {pfxBy(sequence(slices.Repeat(openSafe(), 65)), nil), wordOf, "unsupported_encryption"},
		"too many bags, no check sum":              {pfxBy(sequence(openSafe(slices.Repeat(certBag(e.leaf), 65))), nil), wordOf, "unsupported_encryption"},
	}
	expectKinds(t, table)
	for _, code := range p12.Codes() {
		if !slices.ContainsFunc(slices.Collect(maps.Values(table)), func(k kind) bool { return k.code == code.Name }) {
			t.Errorf("no file gets the code %s", code.Name)
		}
	}
}

// weakKey returns an RSA key that is too short, which Go itself no longer makes.
func weakKey(t *testing.T) crypto.Signer {
	t.Helper()
	block, _ := pem.Decode(opensslDo(t, nil, "genrsa", "-traditional", "1024"))
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// foreignCurve returns a key and a certificate of a curve that Go does not know, as PEM.
func foreignCurve(t *testing.T) []byte {
	t.Helper()
	key := opensslDo(t, nil, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1")
	cert := opensslDo(t, key, "req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/CN=V000123400", "-days", "30")
	return slices.Concat(key, cert)
}

// asText returns a file whose line feeds a mail program has made line breaks of.
func asText(t *testing.T, e employer) []byte {
	t.Helper()
	for {
		file := sealed(t, e.key, e.leaf)
		head, body := file[:40], file[40:]
		if bytes.Contains(body, []byte("\n")) {
			return slices.Concat(head, bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n")))
		}
	}
}
