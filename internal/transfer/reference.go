package transfer

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// crockford is base32 without letters that are read wrongly, and without the hyphen that separates a reference's parts.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newReference draws an ad's id at the BA: <alliance number>-<16 characters>-S. The free part is the time in seconds and 48 random
// bits; no counter, since a restored backup, a staging system or the employer's other software would repeat it (rules 110, 139).
func newReference(allianceNumber string, now time.Time) string {
	var raw [10]byte
	binary.BigEndian.PutUint32(raw[:4], uint32(now.Unix())) //nolint:gosec // 32 bits of seconds reach to 2106
	_, _ = rand.Read(raw[4:])                               // never fails: crypto/rand ends the program instead
	return allianceNumber + "-" + crockford.EncodeToString(raw[:]) + "-S"
}
