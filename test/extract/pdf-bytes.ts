/** A pdf of one page that shows one string, in a font that is only named, as old programs wrote it. */
export function pdfBytes(encoding: string, codes: Uint8Array): Buffer {
  const stream = `BT /F1 12 Tf 50 700 Td <${Buffer.from(codes).toString('hex')}> Tj ET`;
  const font =
    encoding === ''
      ? ['<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>']
      : [
          `<</Type/Font/Subtype/Type0/BaseFont/MS-Gothic/Encoding/${encoding}/DescendantFonts[6 0 R]>>`,
          '<</Type/Font/Subtype/CIDFontType2/BaseFont/MS-Gothic/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor 7 0 R/DW 1000>>',
          '<</Type/FontDescriptor/FontName/MS-Gothic/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>',
        ];
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${stream.length}>>\nstream\n${stream}\nendstream`,
    ...font,
  ];
  return pdfOfObjects(objects);
}

/** A pdf of these objects, numbered from 1, the first being the catalog; `trailer` is put into its trailer. */
export function pdfOfObjects(objects: readonly string[], trailer = ''): Buffer {
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<</Size ${objects.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
