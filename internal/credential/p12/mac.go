package p12

import (
	"crypto/hmac"
	"hash"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// oidPBMAC1 is the check sum of RFC 9579.
var oidPBMAC1 = oid(1, 2, 840, 113549, 1, 5, 14)

// The sizes of PBMAC1's keys, in bytes: shorter ones prove nothing, longer ones there are not.
const (
	minMACKey = 20
	maxMACKey = 64
)

// checkSum is a file's MacData (RFC 7292, section 4).
type checkSum struct {
	by     algorithm
	digest []byte
	salt   []byte
	rounds int
}

// readCheckSum reads a check sum; a count of rounds that is not there is 1.
func readCheckSum(from *cryptobyte.String) (checkSum, bool) {
	sum := checkSum{rounds: 1}
	var sequence, info, digest, salt cryptobyte.String
	if !from.ReadASN1(&sequence, cbasn1.SEQUENCE) || !sequence.ReadASN1(&info, cbasn1.SEQUENCE) ||
		!readAlgorithm(&info, &sum.by) || !info.ReadASN1(&digest, cbasn1.OCTET_STRING) || !sequence.ReadASN1(&salt, cbasn1.OCTET_STRING) {
		return checkSum{}, false
	}
	if !sequence.Empty() && !readRounds(&sequence, &sum.rounds) {
		return checkSum{}, false
	}
	sum.digest, sum.salt = digest, salt
	return sum, true
}

// verify finds the password under which the check sum is right; from then on it is the only one.
func (o *opener) verify(sum checkSum, message []byte) *fault.Code {
	for i, word := range o.passwords {
		right, code := o.isRight(sum, message, word)
		switch {
		case code == HostileIterations && i > 0:
			return WrongPIN // only trying yet another form would take too many rounds
		case code != nil:
			return code
		case right:
			o.passwords = []password{word}
			return nil
		}
	}
	return WrongPIN
}

func (o *opener) isRight(sum checkSum, message []byte, word password) (bool, *fault.Code) {
	newHash, key, code := o.macKey(sum, word)
	if code != nil {
		return false, code
	}
	mac := hmac.New(newHash, key)
	mac.Write(message)
	return hmac.Equal(mac.Sum(nil), sum.digest), nil
}

func (o *opener) macKey(sum checkSum, word password) (func() hash.Hash, []byte, *fault.Code) {
	if sum.by.id.Equal(oidPBMAC1) {
		return o.newMACKey(sum.by.parameters, word)
	}
	newHash, code := hashOfDigest(sum.by.id)
	if code == nil {
		code = o.rounds.spend(sum.rounds)
	}
	if code != nil {
		return nil, nil, code
	}
	return newHash, deriveOld(newHash, word.ucs2, sum.salt, sum.rounds, forMAC, newHash().Size()), nil
}

// newMACKey reads the parameters of PBMAC1 (RFC 8018, appendix A.5).
func (o *opener) newMACKey(parameters cryptobyte.String, word password) (func() hash.Hash, []byte, *fault.Code) {
	var sequence cryptobyte.String
	if !parameters.ReadASN1(&sequence, cbasn1.SEQUENCE) {
		return nil, nil, Corrupt
	}
	kdf, code := readPBKDF2(&sequence)
	if code != nil {
		return nil, nil, code
	}
	var scheme algorithm
	if !readAlgorithm(&sequence, &scheme) || kdf.size < minMACKey || kdf.size > maxMACKey {
		return nil, nil, Corrupt
	}
	newHash, code := hashOfHMAC(scheme.id)
	if code != nil {
		return nil, nil, code
	}
	key, code := kdf.derive(&o.rounds, word.utf8, kdf.size)
	return newHash, key, code
}
