package p12_test

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math"
	"math/big"
	"slices"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// What files are crafted of, by hand and not by the code under test.
var (
	typeData      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	typeSealed    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	bagKey        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	bagSealedKey  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	bagCert       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	bagSecret     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 5}
	bagBags       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 6}
	certX509      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	algPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	algPBMAC1     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}
	algPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	algHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	algAES256     = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
	tagExplicit   = cbasn1.Tag(0).Constructed().ContextSpecific()
	tagImplicit   = cbasn1.Tag(0).ContextSpecific()
)

// build returns the DER that fill writes.
func build(fill func(b *cryptobyte.Builder)) []byte {
	var b cryptobyte.Builder
	fill(&b)
	return b.BytesOrPanic()
}

// sequence returns the elements as one sequence.
func sequence(elements ...[]byte) []byte {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(slices.Concat(elements...)) })
	})
}

func tagged(tag cbasn1.Tag, content []byte) []byte {
	return build(func(b *cryptobyte.Builder) { b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(content) }) })
}

func octets(content []byte) []byte { return tagged(cbasn1.OCTET_STRING, content) }

func number(n int64) []byte {
	return build(func(b *cryptobyte.Builder) { b.AddASN1Int64(n) })
}

func object(id asn1.ObjectIdentifier) []byte {
	return build(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(id) })
}

// pfx returns a file of the given safes, with a check sum by PBMAC1.
func pfx(t *testing.T, safes []byte) []byte {
	t.Helper()
	return pfxBy(safes, checkSum(t, safes))
}

// pfxBy returns a file of the given safes with what stands in the place of the check sum.
func pfxBy(safes, sum []byte) []byte {
	return sequence(number(3), sequence(object(typeData), tagged(tagExplicit, octets(safes))), sum)
}

func checkSum(t *testing.T, safes []byte) []byte {
	t.Helper()
	const rounds, size = 1000, 32
	salt := []byte("saltsalt")
	key, err := pbkdf2.Key(sha256.New, wordOf, salt, rounds, size)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(safes)
	hash := sequence(object(algHMACSHA256))
	kdf := sequence(object(algPBKDF2), sequence(octets(salt), number(rounds), number(size), hash))
	by := sequence(object(algPBMAC1), sequence(kdf, hash))
	return sequence(sequence(by, octets(mac.Sum(nil))), octets(nil), number(0))
}

// taken takes the safes out of a file.
func taken(t *testing.T, file []byte) []byte {
	t.Helper()
	var whole, content, explicit, inner cryptobyte.String
	in := cryptobyte.String(file)
	if !in.ReadASN1(&whole, cbasn1.SEQUENCE) || !whole.SkipASN1(cbasn1.INTEGER) || !whole.ReadASN1(&content, cbasn1.SEQUENCE) ||
		!content.SkipASN1(cbasn1.OBJECT_IDENTIFIER) || !content.ReadASN1(&explicit, tagExplicit) || !explicit.ReadASN1(&inner, cbasn1.OCTET_STRING) {
		t.Fatal("the file is not what it should be")
	}
	return inner
}

// joined puts the safes of several files into one.
func joined(t *testing.T, files ...[]byte) []byte {
	t.Helper()
	var all []byte
	for _, file := range files {
		var inner cryptobyte.String
		in := cryptobyte.String(taken(t, file))
		if !in.ReadASN1(&inner, cbasn1.SEQUENCE) {
			t.Fatal("the safes are not what they should be")
		}
		all = append(all, inner...)
	}
	return pfx(t, sequence(all))
}

func bag(id asn1.ObjectIdentifier, value []byte) []byte {
	return sequence(object(id), tagged(tagExplicit, value))
}

func certBag(cert *x509.Certificate) []byte {
	return bag(bagCert, sequence(object(certX509), tagged(tagExplicit, octets(cert.Raw))))
}

// openSafe is a safe that is not sealed.
func openSafe(bags ...[]byte) []byte {
	return sequence(object(typeData), tagged(tagExplicit, octets(sequence(bags...))))
}

func pkcs8(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// strange returns a file with bags of kinds that do not matter before the given ones.
func strange(t *testing.T, bags ...[]byte) []byte {
	t.Helper()
	secret := bag(bagSecret, sequence(object(certX509), tagged(tagExplicit, octets([]byte("secret")))))
	unknown := bag(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, number(1))
	return pfx(t, sequence(openSafe(secret), openSafe(append([][]byte{unknown}, bags...)...)))
}

// pbes2 returns the algorithm of PBES2 with its parameters, and what it seals by it.
func pbes2(t *testing.T, plain []byte, rounds int64) (algorithm, sealed []byte) {
	t.Helper()
	salt, iv := []byte("saltsalt"), []byte("iviviviviviviviv")
	algorithm = sequence(object(algPBES2), sequence(
		sequence(object(algPBKDF2), sequence(octets(salt), number(rounds), sequence(object(algHMACSHA256)))),
		sequence(object(algAES256), octets(iv)),
	))
	key, err := pbkdf2.Key(sha256.New, wordOf, salt, min(int(rounds), 1000), 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	padding := block.BlockSize() - len(plain)%block.BlockSize()
	sealed = append(bytes.Clone(plain), bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)
	return algorithm, sealed
}

// sealedSafe returns a safe that is sealed by PBES2.
func sealedSafe(t *testing.T, bags []byte) []byte {
	t.Helper()
	algorithm, sealed := pbes2(t, bags, 1000)
	content := sequence(number(0), sequence(object(typeData), algorithm, tagged(tagImplicit, sealed)))
	return sequence(object(typeSealed), tagged(tagExplicit, content))
}

// hidden returns a file whose hostile count is seen only once its safe has been opened.
func hidden(t *testing.T, e employer) []byte {
	t.Helper()
	algorithm, sealed := pbes2(t, pkcs8(t, e.key), 2_000_000_000)
	return pfx(t, sequence(sealedSafe(t, sequence(certBag(e.leaf), bag(bagSealedKey, sequence(algorithm, octets(sealed)))))))
}

// loosened writes DER as loose BER: all lengths of what has parts are indefinite, and octet strings of more than piece bytes are in pieces,
// if piece is not zero. What octet strings hold stays.
func loosened(t *testing.T, der []byte, piece int) []byte {
	t.Helper()
	in := cryptobyte.String(der)
	var out []byte
	for !in.Empty() {
		var element cryptobyte.String
		var tag cbasn1.Tag
		if !in.ReadAnyASN1(&element, &tag) {
			t.Fatal("it is not DER")
		}
		inPieces := piece > 0 && len(element) > piece
		switch {
		case tag&0x20 != 0:
			out = append(append(out, byte(tag), 0x80), loosened(t, element, piece)...)
			out = append(out, 0, 0)
		case inPieces && (tag == cbasn1.OCTET_STRING || tag == tagImplicit):
			out = append(out, byte(tag)|0x20, 0x80)
			for part := range slices.Chunk([]byte(element), piece) {
				out = append(out, octets(part)...)
			}
			out = append(out, 0, 0)
		default:
			out = append(out, tagged(tag, element)...)
		}
	}
	return out
}

// loosenedInside loosens the safes of a file too.
func loosenedInside(t *testing.T, file []byte) []byte {
	t.Helper()
	return loosened(t, pfx(t, loosened(t, taken(t, file), 50)), 100)
}

// signedFile returns a file that says that a certificate has signed it.
func signedFile(t *testing.T, file []byte) []byte {
	t.Helper()
	data := object(typeData)
	signed := bytes.Clone(data)
	signed[len(signed)-1] = 2
	return bytes.Replace(file, data, signed, 1)
}

// nested returns what begins like a file and never ends.
func nested() []byte {
	return append(looseHead(), bytes.Repeat([]byte{0x30, 0x80}, 20_000)...)
}

// nestedOften returns what begins like a file and is nested almost too deep, again and again.
func nestedOften() []byte {
	const levels = 28
	part := append(bytes.Repeat([]byte{0x30, 0x80}, levels), make([]byte, 2*levels)...)
	return slices.Concat(looseHead(), bytes.Repeat(part, 500), make([]byte, 4))
}

// looseHead is how a file of loose BER begins.
func looseHead() []byte {
	return slices.Concat([]byte{0x30, 0x80}, number(3), []byte{0x30, 0x80}, object(typeData))
}

// hugeBits is the length of a key by which one check of a signature takes seconds.
const hugeBits = 200_000

// hugeIssuer returns a file whose certificate says that it was signed by such a key, which is in the file.
func hugeIssuer(t *testing.T, e employer) []byte {
	t.Helper()
	one := big.NewInt(1)
	huge := &rsa.PublicKey{N: new(big.Int).Sub(new(big.Int).Lsh(one, hugeBits), one), E: math.MaxInt32}
	key := newECKey(t)
	template := &x509.Certificate{SerialNumber: one, Subject: pkix.Name{CommonName: "Huge"}, NotBefore: notBefore, NotAfter: notAfter, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, huge, key)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	template = &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "V000123400"}, NotBefore: notBefore, NotAfter: notAfter, BasicConstraintsValid: true}
	if der, err = x509.CreateCertificate(rand.Reader, template, &x509.Certificate{Subject: issuer.Subject}, e.key.Public(), e.key); err != nil {
		t.Fatal(err)
	}
	var signed struct {
		Content, Algorithm asn1.RawValue
		Signature          asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &signed); err != nil {
		t.Fatal(err)
	}
	signed.Signature = asn1.BitString{Bytes: bytes.Repeat([]byte{7}, hugeBits/8), BitLength: hugeBits}
	if der, err = asn1.Marshal(signed); err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return sealed(t, e.key, leaf, issuer)
}

// hugeKey returns a file whose RSA key is as long as a file allows.
func hugeKey(t *testing.T, e employer) []byte {
	t.Helper()
	const bits = 40_000
	one := big.NewInt(1)
	p := new(big.Int).Sub(new(big.Int).Lsh(one, bits), one)
	q := new(big.Int).Sub(p, big.NewInt(2))
	whole := struct {
		Version                   int
		N, E, D, P, Q, Dp, Dq, Qi *big.Int
	}{0, new(big.Int).Mul(p, q), big.NewInt(3), p, p, q, p, q, q}
	inner, err := asn1.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	algorithm := sequence(object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}), tagged(cbasn1.NULL, nil))
	return pfx(t, sequence(openSafe(certBag(e.leaf), bag(bagKey, sequence(number(0), algorithm, octets(inner))))))
}

// longChain returns a file that is full of certificates, each signed by the next.
func longChain(t *testing.T, e employer) []byte {
	t.Helper()
	const links = 150
	key := newECKey(t)
	var chain []*x509.Certificate
	issuer, issuerKey := certify(t, "Root", nil, key, key), key
	for range links {
		chain = append(chain, issuer)
		key := newECKey(t)
		issuer, issuerKey = certify(t, "Root", issuer, key, issuerKey), key
	}
	return sealed(t, e.key, certify(t, "V000123400", issuer, e.key, issuerKey), append(chain, issuer)...)
}
