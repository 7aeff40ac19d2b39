package p12

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// contents are the keys and certificates of a file, as they lie in it.
type contents struct {
	keys  []any
	certs []*x509.Certificate
}

// whole opens a file that the decoder reads as it is.
func whole(file []byte, pin string) (contents, error) {
	key, first, others, err := pkcs12.DecodeChain(file, pin)
	if err != nil {
		return contents{}, err
	}
	return contents{[]any{key}, append([]*x509.Certificate{first}, others...)}, nil
}

// filler completes a part of a file to a file of its own, since the decoder only reads what has a certificate and exactly one key.
type filler struct{ cert, both safe }

func newFiller() (filler, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return filler{}, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return filler{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "filler"}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		return filler{}, err
	}
	certBag := wrapped(sequence, bagOfCert, wrapped(tagExplicit, wrapped(sequence, certOfX509, wrapped(tagExplicit, octets(cert)))))
	keyBag := wrapped(sequence, bagOfKey, wrapped(tagExplicit, key))
	return filler{cert: openSafe(certBag), both: openSafe(certBag, keyBag)}, nil
}

// inPieces opens each part of a file by itself. A key of a strange kind is passed over if there is another one: stores hold what was put
// into them.
func (f filler) inPieces(safes []safe, pin string) (contents, error) {
	var all contents
	var strange error
	for _, part := range safes {
		piece, err := f.piece(part, pin)
		switch {
		case err == nil:
			all.keys, all.certs = append(all.keys, piece.keys...), append(all.certs, piece.certs...)
		case part.hasKey && isOfStrangeKey(err):
			strange = err
		default:
			return contents{}, err
		}
	}
	if len(all.keys) == 0 && strange != nil {
		return contents{}, strange
	}
	return all, nil
}

// secondKey is what the decoder says of a file with more than one key.
const secondKey = "expected exactly one key bag"

// piece opens one part. Only a sealed safe has to be asked whether a key is in it.
func (f filler) piece(part safe, pin string) (contents, error) {
	if !part.hasKey {
		found, err := complete(part, f.both, pin)
		if err == nil || !strings.Contains(err.Error(), secondKey) {
			found.keys = nil
			return found, err
		}
	}
	return complete(part, f.cert, pin)
}

// complete opens a part together with one of a filler, whose certificate comes last.
func complete(part, with safe, pin string) (contents, error) {
	sum, err := checkSum(wrapped(sequence, part.der, with.der), pin)
	if err != nil {
		return contents{}, err
	}
	found, err := whole(fileOf(sum, part.der, with.der), pin)
	if err != nil {
		return contents{}, err
	}
	found.certs = found.certs[:len(found.certs)-1]
	return found, nil
}

// checkSum returns a check sum by PBMAC1 (RFC 9579), of one round, for a file that nobody else sees.
func checkSum(content []byte, pin string) ([]byte, error) {
	salt := []byte("unused")
	key, err := pbkdf2.Key(sha256.New, pin, salt, 1, sha256.Size)
	if err != nil {
		return nil, err
	}
	sum := hmac.New(sha256.New, key)
	sum.Write(content)
	hash := wrapped(sequence, algHMACSHA256)
	derived := wrapped(sequence, algPBKDF2, wrapped(sequence, octets(salt), integer(1), integer(sha256.Size), hash))
	algorithm := wrapped(sequence, algPBMAC1, wrapped(sequence, derived, hash))
	return wrapped(sequence, wrapped(sequence, algorithm, octets(sum.Sum(nil))), octets(salt), integer(1)), nil
}
