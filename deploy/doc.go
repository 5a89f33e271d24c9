// Package deploy checks the files that place smtpgauge's coordinator and agents: Kubernetes,
// Nomad, Compose, systemd and the image. It has tests only, and is a module of its own, for
// the libraries that they need.
//
// Each platform's own library reads its files. Kubernetes objects are decoded into the types
// of its API, and a field that these do not have is an error. Nomad's own parser is part of
// Nomad, so HCL's decodes the job into the blocks and attributes that the job may have.
// Every command line is given to the real program, which fails the test if it has no such
// flag.
package deploy
