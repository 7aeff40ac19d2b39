package basim

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
)

// The fixed parts of a workbook with one sheet (ECMA-376), in the order in which they are packed.
const (
	workbookTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`</Types>`
	workbookRoot = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>` +
		`</Relationships>`
	workbookParts = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`</Relationships>`
	// workbookStyles has two formats of cells: 0 plain, 1 bold.
	workbookStyles = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`
	workbookFrame = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>`
)

// workbook returns an .xlsx file with one sheet of text. The first row holds the titles of the columns; it is bold and stays in sight.
func workbook(sheet string, rows [][]string) ([]byte, error) {
	var file bytes.Buffer
	packer := zip.NewWriter(&file)
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", workbookTypes},
		{"_rels/.rels", workbookRoot},
		{"xl/workbook.xml", fmt.Sprintf(workbookFrame, escaped(sheet))},
		{"xl/_rels/workbook.xml.rels", workbookParts},
		{"xl/styles.xml", workbookStyles},
		{"xl/worksheets/sheet1.xml", worksheet(rows)},
	} {
		w, err := packer.Create(part.name)
		if err == nil {
			_, err = w.Write([]byte("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n" + part.content))
		}
		if err != nil {
			return nil, fmt.Errorf("write %s of workbook: %w", part.name, err)
		}
	}
	if err := packer.Close(); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return file.Bytes(), nil
}

// worksheet writes the cells, each with its text in place.
func worksheet(rows [][]string) string {
	const columns = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	var w strings.Builder
	w.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
		`<cols><col min="1" max="26" width="32" customWidth="1"/></cols><sheetData>`)
	for i, row := range rows {
		style := 0
		if i == 0 {
			style = 1
		}
		fmt.Fprintf(&w, `<row r="%d">`, i+1)
		for j, text := range row[:min(len(row), len(columns))] {
			fmt.Fprintf(&w, `<c r="%s%d" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, columns[j:j+1], i+1, style, escaped(text))
		}
		w.WriteString(`</row>`)
	}
	w.WriteString(`</sheetData></worksheet>`)
	return w.String()
}
