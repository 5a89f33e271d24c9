package textfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Folder returns a folder of the operating system as a file system. It differs from
// os.DirFS in two ways: to open a pipe does not wait for somebody who writes to it, and
// names of files need not be UTF-8.
func Folder(name string) fs.FS { return folder(name) }

type folder string

func (f folder) at(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

func (f folder) Open(name string) (fs.File, error) {
	file, err := os.OpenFile(f.at(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err // not file: an fs.File with a nil *os.File in it is not nil
	}
	return file, nil
}

func (f folder) Stat(name string) (fs.FileInfo, error)  { return os.Stat(f.at(name)) }
func (f folder) Lstat(name string) (fs.FileInfo, error) { return os.Lstat(f.at(name)) }
func (f folder) ReadLink(name string) (string, error)   { return os.Readlink(f.at(name)) }
