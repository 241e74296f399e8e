"""Tables that break a rule, and files of other kinds: each is refused with its line and the reason, and none is misread.

REFUSED   name: (file name, content, choices, the message)
"""

import gzip

import pytest

from minigrow.motifs.files import read_graph

PLAIN = "a b\nb c\nc a\n"
REFUSED = {
    # no text at all
    "empty": ("g.txt", "", {}, "no edge"),
    "blanks only": ("g.txt", " \n\n\t\n", {}, "no edge"),
    "comments only": ("g.txt", "# a\n% b\n", {}, "no edge"),
    "titles only": ("g.csv", "source,target\n", {}, "no edge"),
    "an empty gzip": ("g.gz", gzip.compress(b""), {}, "no edge"),
    "a gzip that is broken off": ("g.txt.gz", gzip.compress(PLAIN.encode() * 99)[:-9], {}, "broken off or damaged"),
    "a gzip that is damaged": ("g.txt.gz", gzip.compress(PLAIN.encode())[:12] + b"\x00" * 30, {}, "broken off or damaged"),
    "a picture": ("g.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", {}, "line 1: a graph is plain text"),
    "zeros": ("g.txt", b"\x00\x01\x02", {}, r"control character '\\x00'"),
    "a spreadsheet": ("g.xlsx", b"PK\x03\x04\x14\x00", {}, "a zip archive .or a spreadsheet."),
    "bzip2": ("g.txt.bz2", b"BZh91AY", {}, "packed with bzip2"),
    "xz": ("g.txt.xz", b"\xfd7zXZ\x00", {}, "packed with xz"),
    "PDF": ("g.pdf", b"%PDF-1.4\n", {}, "a PDF document"),
    "Windows-1252": ("g.txt", b"a b\nK\xf6ln b\n", {}, "line 2: .* not UTF-8"),
    "UTF-16 without its mark": ("g.txt", PLAIN.encode("utf-16-le"), {}, "control character"),
    "UTF-16 cut in the middle": ("g.txt", b"\xff\xfea\x00 ", {}, "no plain text"),
    "an encoding that does not exist": ("g.txt", PLAIN, {"encoding": "utf-99"}, "no plain text in utf-99"),
    "a bell in a name": ("g.txt", "a b\nc\x07 d\n", {}, "line 2: .* control character"),
    # other formats
    "JSON": ("g.json", '{"nodes": []}', {}, "JSON"),
    "JSON by content": ("g.txt", '[{"source": 1}]', {}, "JSON"),
    "neighbours": ("g.adjlist", "a b c\n", {}, "list of neighbours"),
    "METIS": ("g.metis", "3 2\n2\n1 3\n2\n", {}, "METIS"),
    "Graphviz": ("g.dot", "digraph { a -> b }", {}, "Graphviz"),
    "Graphviz by its other suffix": ("g.gv", PLAIN, {}, "Graphviz"),
    "Graphviz by content": ("g.txt", "strict graph x {\n a -- b\n}", {}, "Graphviz"),
    "Matrix Market": ("g.mtx", "%%MatrixMarket matrix coordinate\n3 3 1\n1 2 1\n", {}, "Matrix Market"),
    "Matrix Market by content": ("g.txt", "%%MatrixMarket matrix coordinate\n3 3 1\n1 2 1\n", {}, "Matrix Market"),
    "LGL": ("g.lgl", "# a\nb 1\n", {}, "LGL"),
    "HTML": ("g.txt", "<html><body>404</body></html>", {}, "holds <html>"),
    "simple interactions without choices": ("g.sif", "a pp b\n", {}, "line 1: a colour must be a whole number, got 'b'"),
    "a matrix": ("g.csv", "0,1,0,1\n1,0,0,0\n", {}, "line 1: each line holds .*; got 4 columns"),
    "KONECT, bipartite": ("out.x", "% bip unweighted\n1 1\n2 1\n", {}, "bipartite"),
    "KONECT with weights and times": ("out.x", "% asym weighted\n1 2 1 1090\n", {}, "got 4 columns"),
    # columns
    "one column": ("g.txt", "a\nb\n", {}, "line 1: each line holds .*; got 1 column"),
    "a column too few": ("g.txt", "a b\nb\n", {}, "line 2: each line holds .*; got 1 column"),
    "a column too many": ("g.txt", "a b\nb c 1\n", {}, "line 2: a column is missing or too many: 3 here, 2 on the lines before"),
    "a column missing far below": ("g.txt", "0 1\n" + "".join(f"{i} {i + 1}\n" for i in range(1, 9999)) + "5\n", {},
        "line 10000: each line"),
    "blanks in a name between blanks": ("g.txt", "a b\nNew York c\n", {}, "line 2: a column is missing or too many: 3"),
    "another separator, words": ("g.csv", "a,b\nb;c\n", {}, "line 2: each line holds"),
    "titles too short (R)": ("g.csv", '"source","target"\n"1",5,7\n', {}, "line 2: a column is .*: 3 here, 2 in the titles"),
    "titles too long": ("g.csv", "source,target,colour\n1,2\n", {}, "line 2: a column is .*: 2 here, 3 in the titles"),
    "a comma at the end": ("g.csv", "0,1,\n1,2,\n", {}, "line 1: column 3 is empty"),
    "a comma at the end of one line": ("g.csv", "0,1\n1,2,\n", {}, "line 2: a column is missing or too many"),
    "an empty source": ("g.csv", "0,1\n,2\n", {}, "line 2: column 1 is empty"),
    "an empty target": ("g.csv", "source,target\na,b\nb,\n", {}, "line 3: column 2 is empty"),
    "an empty target in quotes": ("g.csv", 'a,b\nb,""\n', {}, "line 2: column 2 is empty"),
    "an empty cell between tabs": ("g.tsv", "0\t1\t1\n0\t\t3\n", {}, "line 2: column 2 is empty"),
    "an empty colour": ("g.csv", "source,target,colour\na,b,1\nb,c,\n", {}, "line 3: column 3 is empty"),
    "an empty weight": ("g.csv", "source,target,w\na,b,1\nb,c,\n", {"weights": "w"}, "line 3: column 3 is empty"),
    "quotes not closed": ("g.csv", 'a,b\n"b,c\n', {}, "line 2: the quotes do not fit"),
    "quotes inside": ("g.csv", 'a,b\n"b"x,c\n', {}, "line 2: the quotes do not fit"),
    "a name over two lines": ("g.csv", '"a\nb",c\n', {}, "line 1: the quotes do not fit"),
    "titles of vertices": ("g.csv", "Id,Label\n0,a\n1,b\n", {}, "line 1: the titles 'Id', 'Label' name no pair"),
    "a source without a target": ("g.csv", "source,weight\n0,1\n", {}, "line 1: the titles .* name no pair"),
    "two sources": ("g.csv", "source,from,target,to\n0,1,2,3\n", {}, "several pairs"),
    "head and tail": ("g.csv", "head,tail\n0,1\n", {}, "line 1: the titles .* name no pair"),
    "a title twice": ("g.csv", "source,target,source\n0,1,2\n", {}, "two columns have the title 'source'"),
    "titles again": ("g.csv", "source,target\n0,1\nsource,target\n1,2\n", {}, "line 3: the titles stand here again"),
    "titles not known, numbers": ("g.csv", "city,town\n0,1\n1,2\n", {}, "line 1: .* got 'city' -> 'town'. If these are titles"),
    "a title that is a vertex": ("g.txt", "from to\nto the\nthe from\n", {}, "line 2: 'from' or 'to' is a vertex here"),
    "letters that are titles and vertices": ("g.txt", "u v\nv w\nw u\n", {}, "is a vertex here, but the title"),
    "no such column": ("g.csv", "a,b\nb,c\n", {"columns": ("x", "y")}, "columns must name two of"),
    "one column twice": ("g.csv", "source,target\nb,c\n", {"columns": (1, 1)}, "columns must name two of"),
    "no such weights": ("g.csv", "source,target\nb,c\n", {"weights": "w"}, "no column or attribute 'w'"),
    "no such colours": ("g.csv", "source,target\nb,c\n", {"colour": "w"}, "no column or attribute 'w'"),
    # vertices
    "negative": ("g.txt", "0 1\n-1 2\n", {}, "line 2: a vertex must be an integer >= 0, got -1 -> 2"),
    "decimal": ("g.txt", "0 1\n1.5 2\n", {}, "line 2: a vertex must be a whole number, got '1.5'"),
    "all decimal": ("g.txt", "0.0 1.0\n1.0 2.0\n", {}, "line 1: a vertex must be a whole number, got '0.0'"),
    "with an exponent": ("g.txt", "0 1\n1e3 2\n", {}, "line 2: a vertex must be a whole number, got '1e3'"),
    "with a plus": ("g.txt", "0 1\n+1 2\n", {}, "line 2: a vertex must be a whole number, got '.1'"),
    "not a number": ("g.txt", "0 1\nnan 2\n", {}, "line 2: a vertex must be a whole number, got 'nan'"),
    "missing, as pandas writes it": ("g.txt", "0 1\nNaN 2\n", {}, "got 'NaN'"),
    "missing, as R writes it": ("g.txt", "0 1\n2 NA\n", {}, "got 'NA'"),
    "missing, as Python writes it": ("g.csv", "0,1\n2,None\n", {}, "got 'None'"),
    "endless": ("g.txt", "0 1\ninf 2\n", {}, "got 'inf'"),
    "decimal commas": ("g.csv", "1,5 2\n2,5 3\n", {}, "line 1: a vertex must be a whole number, got '5 2'"),
    "thousands": ("g.csv", '"1,000",2\n', {}, "line 1: a vertex must be a whole number, got '1,000'"),
    "huge": ("g.txt", "0 1\n1 4611686018427387904\n", {}, r"line 2: a vertex must be below 2\^62"),
    "far too huge": ("g.txt", f"0 {'9' * 400}\n", {}, r"line 1: a vertex must be below 2\^62"),
    # colours and weights
    "colour 0": ("g.txt", "0 1 1\n1 2 0\n", {}, r"line 2: a colour must lie in 1..7, got 0. .*--weights 3"),
    "colour 8": ("g.txt", "0 1 8\n", {}, "line 1: a colour must lie in 1..7, got 8"),
    "colour -1": ("g.txt", "0 1 1\n1 2 -1\n", {}, "line 2: a colour must lie in 1..7, got -1"),
    "a decimal colour": ("g.txt", "0 1 1\n1 2 1.0\n", {}, "line 2: a colour must be a whole number, got '1.0'"),
    "weights without a title": ("g.txt", "a b 0.5\nb c 0.7\n", {}, "line 1: a colour must be .*got '0.5'.*--weights 3"),
    "weights that look like colours": ("g.csv", "source,target,weight\na,b,1\nb,c,2\n", {},
        "have weights .weight., which are no colours"),
    "values that look like colours": ("g.csv", "source,target,value\na,b,1\nb,c,2\n", {}, "--weights value"),
    "scores that look like colours": ("g.csv", "from,to,score\na,b,1\nb,c,2\n", {}, "--weights score"),
    "weights of NCOL that look like colours": ("g.ncol", "a b 1\nb c 2\n", {}, "--weights weight"),
    "weights in dictionaries": ("g.edgelist", "a b {'weight': 1}\nb c {'weight': 2}\n", {}, "--weights weight"),
    "a weight that is a word": ("g.csv", "source,target,w\na,b,1\nb,c,strong\n", {"weights": "w"},
        "line 3: a weight .* got 'strong'"),
    "a weight that is not finite": ("g.csv", "source,target,w\na,b,1\nb,c,inf\n", {"weights": "w"}, "line 3: .* got 'inf'"),
    "a weight with a decimal comma": ("g.csv", "a;b;0,5\n", {"weights": 3}, "line 1: .* got '0,5'"),
    "a weight is missing in a dictionary": ("g.edgelist", "a b {'w': 1}\nb c {}\n", {"weights": "w"}, "line 2: .* got none"),
    "weights all alike": ("g.txt", "a b 1\nb c 1\n", {"weights": 3}, "all weights are 1.0"),
    "all weights cut away": ("g.txt", "a b 1\nb c 2\n", {"weights": 3, "cut": "-9,-8,8,9"}, "no weight survives the cut"),
    "a cut of two numbers": ("g.txt", "a b 1\nb c 2\n", {"weights": 3, "cut": "1,2"}, "a cut is a share"),
    "a cut that falls": ("g.txt", "a b 1\nb c 2\n", {"weights": 3, "cut": "4,3,2,1"}, "must rise"),
    "a cut that is a word": ("g.txt", "a b 1\nb c 2\n", {"weights": 3, "cut": "strong"}, "a cut is a share"),
    "a share above 1": ("g.txt", "a b 1\nb c 2\n", {"weights": 3, "cut": 1.5}, "share must lie between 0 and 1"),
    "eight words as colours": ("g.csv", "".join(f"a,b{i},c{i}\n" for i in range(8)), {"colour": 3}, "at most 7 different words"),
    "a number among words": ("g.csv", "source,target,k\na,b,x\nb,c,9\n", {"colour": "k"}, "in 1..7, or at most 7 .*, got"),
    "two columns of colours": ("g.csv", "source,target,colour,color\na,b,1,2\n", {}, "several columns hold colours"),
    # loops and repeats
    "a self-loop": ("g.txt", "a b\nb b\n", {}, "line 2: a vertex may not point to itself, got b -> b.*--drop-loops"),
    "a self-loop of numbers": ("g.txt", "0 1\n7 7\n", {}, "line 2: a vertex may not point to itself, got 7 -> 7"),
    "only self-loops, dropped": ("g.txt", "a a\n", {"drop_loops": True}, "at least one edge, but all were self-loops"),
    "only self-loops, dropped and merged": ("g.txt", "1 1\n", {"drop_loops": True, "merge_duplicates": True}, "all were self-loops"),
    "an edge twice": ("g.txt", "a b\nb c\na b\n", {},
        "line 3: an edge may occur once, but a -> b stands at .* line 1.*--merge-duplicates"),
    "an edge twice, undirected": ("g.txt", "a b\nb a\n", {"undirected": True}, "line 2: an edge may occur once"),
    "an edge twice, one in quotes": ("g.csv", 'a,b\n"a","b"\n', {}, "line 2: an edge may occur once, but a -> b"),
    "an edge twice in two colours": ("g.txt", "a b 1\na b 2\n", {"merge_duplicates": True},
        "line 2: .* line 1 too, in another colour"),
    # dictionaries
    "a dictionary that is broken": ("g.edgelist", "a b {}\nb c {'w': }\n", {}, "line 2: this is no dictionary"),
    "a dictionary that would run code": ("g.edgelist", "a b {}\nb c {'w': __import__('os')}\n", {},
        "line 2: this is no dictionary"),
    "a dictionary is missing": ("g.edgelist", "a b {}\nb c\n", {}, "line 2: each line holds `source target {...}`"),
    "blanks in names beside a dictionary": ("g.edgelist", "a b {}\nNew York c {}\n", {}, "line 2: each line holds"),
    "a set": ("g.edgelist", "a b {}\nb c {1, 2}\n", {}, "line 2: this is no dictionary"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_table_is_refused_with_line_and_reason(case, tmp_path):
    name, content, choices, message = REFUSED[case]
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=message) as error:
        read_graph(tmp_path / name, **choices)
    assert str(error.value).startswith(str(tmp_path))
    assert "\n" not in str(error.value)
