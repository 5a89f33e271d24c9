package textfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Folder returns the operating system's folder of that name as a file system.
// Unlike that of os.DirFS it does not wait for somebody to write to a pipe when
// that is opened, and has files whose names are not UTF-8.
func Folder(name string) fs.FS { return folder(name) }

type folder string

func (f folder) at(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

func (f folder) Open(name string) (fs.File, error) {
	file, err := os.OpenFile(f.at(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err // not a nil *os.File, which is no nil fs.File
	}
	return file, nil
}

func (f folder) Stat(name string) (fs.FileInfo, error)  { return os.Stat(f.at(name)) }
func (f folder) Lstat(name string) (fs.FileInfo, error) { return os.Lstat(f.at(name)) }
func (f folder) ReadLink(name string) (string, error)   { return os.Readlink(f.at(name)) }
