package testdb

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// maxParent is how long the path of a folder's parent may be, in bytes: the path of a Unix socket must fit into 104 (macOS; 108
// on Linux), and the folder's name and /.s.PGSQL.5432 follow.
const maxParent = 65

// serverAccount returns the user that the server is to run as: nil for the user of this process, and since PostgreSQL refuses to
// run as root, the user postgres, or nobody, for root.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and neither of the users postgres and nobody exists")
}

// folderParent returns where folders of clusters are made: the folder for temporary files, or /tmp where its path is too long for
// a socket, or where another user, as whom the server runs, could not reach and remove its folder.
func folderParent(otherUser bool) string {
	dir, err := filepath.Abs(os.TempDir())
	if err != nil || len(dir) > maxParent || (otherUser && !openToAll(dir)) {
		return "/tmp"
	}
	return dir
}

// openToAll reports whether every user may make and remove things in dir.
func openToAll(dir string) bool {
	const write, pass = 0o002, 0o001
	for need := os.FileMode(write | pass); ; need = pass {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&need != need {
			return false
		}
		above := filepath.Dir(dir)
		if above == dir {
			return true
		}
		dir = above
	}
}

// lockFolder opens dir and locks it for as long as it is open, which ends with this process at the latest. It returns an error
// when another process holds the lock.
func lockFolder(dir string) (*os.File, error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("lock folder: %w", err), folder.Close())
	}
	return folder, nil
}

// sweepFolders removes the folders of clusters whose process is dead and whose guard died too. A server that still runs in one
// ends by itself within a minute, as PostgreSQL does when its folder is gone. What cannot be removed is another user's.
func sweepFolders(parent string, now time.Time) {
	dirs, _ := filepath.Glob(filepath.Join(parent, folderPrefix+"*")) // fails on a malformed pattern only
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || now.Sub(info.ModTime()) < staleAge {
			continue
		}
		if lock, err := lockFolder(dir); err == nil {
			_ = os.RemoveAll(dir)
			_ = lock.Close()
		}
	}
}
