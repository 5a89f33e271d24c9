package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/render/export"
)

// madeMatrix is a run with a matrix: six rounds, and a flow that fails.
func madeMatrix(tb testing.TB) *document {
	flows := append(madeup.MadePorts(), madeup.Flow{Name: "dead", Port: 25, Messages: 10, Pipeline: sample.Off, Failing: 100})
	return newDocument(madeup.Made(tb, flows, 6))
}

// matrices are its golden files.
func matrices(tb testing.TB) map[string]func(*bytes.Buffer) error {
	m := map[string]func(*bytes.Buffer) error{}
	for file, format := range map[string]string{"matrix.md": "markdown", "matrix.json": "json"} {
		m[file] = func(b *bytes.Buffer) error {
			return Matrices.Write(b, format, madeMatrix(tb).Matrix, Options{})
		}
	}
	m["matrix-all.txt"] = func(b *bytes.Buffer) error {
		return Matrices.Write(b, "table", madeMatrix(tb).Matrix, Options{All: true})
	}
	for _, width := range []int{80, 160} {
		m[fmt.Sprintf("matrix-%d.txt", width)] = func(b *bytes.Buffer) error {
			return Matrices.Write(b, "table", madeMatrix(tb).Matrix, Options{Width: width})
		}
	}
	return m
}

// The matrix is part of a run's figures in every format that has them.
func TestMatrixIsAmongTheFigures(t *testing.T) {
	var b bytes.Buffer
	made := madeMatrix(t)
	if err := export.CSV(&b, made.Result, made.Matrix); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"matrix,submit-587-new,cost,connect,,mean,102656,ns\n",
		"matrix,submit-587-new,overhead,relay-25,,low,2499790,ns\n",
		"matrix,submit-587-new,overhead,relay-25,generator.cpu,delta,492000,ns\n",
		"matrix,submit-587-new,choice,reuse 10 → 1 against submit-587,,delta,264.7357796331227,percent\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the CSV lacks %s", want)
		}
	}
	if strings.Contains(b.String(), "dead,cost") || strings.Contains(b.String(), "dead,overhead") {
		t.Error("the CSV has costs of nothing delivered")
	}
	b.Reset()
	if err := writeMarkdown(&b, made, Options{}); err != nil || !strings.Contains(b.String(), "| what a message costs more |") {
		t.Errorf("the Markdown lacks the choices (%v)", err)
	}
}
