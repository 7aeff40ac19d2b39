package p12

import (
	"bytes"
	"crypto/aes"
	"crypto/des" //nolint:gosec // what the files are sealed with
	"crypto/sha1"
	"encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// decrypter decrypts blocks; RC2 is nothing more.
type decrypter interface {
	BlockSize() int
	Decrypt(dst, src []byte)
}

// The ciphers of PKCS#12's own encryption (RFC 7292, appendix C), all by SHA-1, and those of PBES2 (RFC 8018, appendix B.2).
var (
	oldCiphers = []namedCipher{
		{oid(1, 2, 840, 113549, 1, 12, 1, 3), 24, newDES3},
		{oid(1, 2, 840, 113549, 1, 12, 1, 4), 16, newDES3},
		{oid(1, 2, 840, 113549, 1, 12, 1, 5), 16, newRC2Decrypter},
		{oid(1, 2, 840, 113549, 1, 12, 1, 6), 5, newRC2Decrypter},
	}
	newCiphers = []namedCipher{
		{oid(2, 16, 840, 1, 101, 3, 4, 1, 2), 16, newAES},
		{oid(2, 16, 840, 1, 101, 3, 4, 1, 22), 24, newAES},
		{oid(2, 16, 840, 1, 101, 3, 4, 1, 42), 32, newAES},
		{oid(1, 2, 840, 113549, 3, 7), 24, newDES3},
	}
	oidPBES2 = oid(1, 2, 840, 113549, 1, 5, 13)
)

type namedCipher struct {
	id      asn1.ObjectIdentifier
	keySize int
	new     func(key []byte) (decrypter, error)
}

func newAES(key []byte) (decrypter, error) { return aes.NewCipher(key) }

func newRC2Decrypter(key []byte) (decrypter, error) { return newRC2(key), nil }

// newDES3 takes keys of three parts, and of two, of which the first is used twice.
func newDES3(key []byte) (decrypter, error) {
	if len(key) == 16 {
		key = slices.Concat(key, key[:8])
	}
	return des.NewTripleDESCipher(key) //nolint:gosec // what the files are sealed with
}

func find(ciphers []namedCipher, id asn1.ObjectIdentifier) (namedCipher, bool) {
	at := slices.IndexFunc(ciphers, func(c namedCipher) bool { return c.id.Equal(id) })
	if at < 0 {
		return namedCipher{}, false
	}
	return ciphers[at], true
}

// opener decrypts the parts of one file.
type opener struct {
	// passwords are those that are tried; once one has opened a part, it is the only one.
	passwords []password
	rounds    budget
}

// decrypt decrypts a part, and returns the one element of DER that it is. That it is one shows that the password is right.
func (o *opener) decrypt(by algorithm, sealed []byte) ([]byte, *fault.Code) {
	first := true
	for _, word := range o.passwords {
		for _, form := range formsFor(by.id, word) {
			plain, code := o.decryptBy(by, sealed, form)
			switch {
			case code == HostileIterations && !first:
				return nil, WrongPIN // only trying yet another form would take too many rounds
			case code != nil:
				return nil, code
			}
			first = false
			if der, rest, ok := toDER(plain); ok && len(rest) == 0 {
				o.passwords = []password{word}
				return der, nil
			}
		}
	}
	return nil, WrongPIN
}

// formsFor returns the forms of a password that an algorithm may have been given. PBES2 wants UTF-8, and NSS used to give it UCS-2.
func formsFor(id asn1.ObjectIdentifier, word password) [][]byte {
	if id.Equal(oidPBES2) {
		return [][]byte{word.utf8, word.ucs2}
	}
	return [][]byte{word.ucs2}
}

// decryptBy returns nothing if the password is wrong, and a code if it does not depend on the password.
func (o *opener) decryptBy(by algorithm, sealed, word []byte) ([]byte, *fault.Code) {
	block, iv, code := o.cipherOf(by, word)
	if code != nil {
		return nil, code
	}
	size := block.BlockSize()
	if len(iv) != size || len(sealed) == 0 || len(sealed)%size != 0 {
		return nil, Corrupt
	}
	plain := make([]byte, len(sealed))
	for at := 0; at < len(sealed); at += size {
		block.Decrypt(plain[at:], sealed[at:at+size])
		for i := range size {
			plain[at+i] ^= iv[i]
		}
		iv = sealed[at : at+size]
	}
	padding := int(plain[len(plain)-1])
	if padding == 0 || padding > size || !bytes.Equal(plain[len(plain)-padding:], bytes.Repeat([]byte{byte(padding)}, padding)) {
		return nil, nil
	}
	return plain[:len(plain)-padding], nil
}

// cipherOf derives the key for an algorithm, and the block before the first.
func (o *opener) cipherOf(by algorithm, word []byte) (decrypter, []byte, *fault.Code) {
	if by.id.Equal(oidPBES2) {
		return o.newCipherOf(by.parameters, word)
	}
	known, ok := find(oldCiphers, by.id)
	if !ok {
		return nil, nil, UnsupportedEncryption
	}
	var sequence, salt cryptobyte.String
	var rounds int
	parameters := by.parameters
	if !parameters.ReadASN1(&sequence, cbasn1.SEQUENCE) || !sequence.ReadASN1(&salt, cbasn1.OCTET_STRING) || !readRounds(&sequence, &rounds) {
		return nil, nil, Corrupt
	}
	if code := o.rounds.spend(rounds); code != nil {
		return nil, nil, code
	}
	block, err := known.new(deriveOld(sha1.New, word, salt, rounds, forKey, known.keySize))
	if err != nil {
		return nil, nil, UnsupportedEncryption
	}
	return block, deriveOld(sha1.New, word, salt, rounds, forIV, block.BlockSize()), nil
}

// newCipherOf reads the parameters of PBES2 (RFC 8018, appendix A.4).
func (o *opener) newCipherOf(parameters cryptobyte.String, word []byte) (decrypter, []byte, *fault.Code) {
	var sequence, iv cryptobyte.String
	if !parameters.ReadASN1(&sequence, cbasn1.SEQUENCE) {
		return nil, nil, Corrupt
	}
	kdf, code := readPBKDF2(&sequence)
	if code != nil {
		return nil, nil, code
	}
	var scheme algorithm
	if !readAlgorithm(&sequence, &scheme) {
		return nil, nil, Corrupt
	}
	known, ok := find(newCiphers, scheme.id)
	if !ok {
		return nil, nil, UnsupportedEncryption
	}
	if !scheme.parameters.ReadASN1(&iv, cbasn1.OCTET_STRING) || kdf.size != 0 && kdf.size != known.keySize {
		return nil, nil, Corrupt
	}
	key, code := kdf.derive(&o.rounds, word, known.keySize)
	if code != nil {
		return nil, nil, code
	}
	block, err := known.new(key)
	if err != nil {
		return nil, nil, UnsupportedEncryption
	}
	return block, iv, nil
}
