module github.com/smtpgauge/smtpgauge

go 1.26
