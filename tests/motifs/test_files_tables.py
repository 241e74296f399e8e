"""Tables of edges as people and programs write them, each of which is read as a hand-written truth says.

READ   name: (file name, content, choices, edges in words, a note that must be there, or "" where there is none)

Edges in words: a>b, in another colour than 1 a>b:3, in an undirected graph a-b; with | between them where names hold blanks.
"""

import gzip

import pytest

from minigrow.motifs.files import read_graph
from minigrow.motifs.files.choices import Choices
from minigrow.motifs.files.decode import opened
from minigrow.motifs.files.titles import known
from minigrow.motifs.graph import edges

RING = "a>b b>c c>a"
PLAIN = "a b\nb c\nc a\n"
READ = {
    # how lines and cells are parted
    "blanks": ("g.txt", PLAIN, {}, RING, ""),
    "tabs": ("g.tsv", PLAIN.replace(" ", "\t"), {}, RING, ""),
    "commas": ("g.csv", PLAIN.replace(" ", ","), {}, RING, ""),
    "semicolons": ("g.csv", PLAIN.replace(" ", ";"), {}, RING, ""),
    "commas and blanks": ("g.csv", PLAIN.replace(" ", " ,  "), {}, RING, ""),
    "many blanks": ("g.txt", "  a    b\n b   c \nc a   ", {}, RING, ""),
    "CRLF": ("g.txt", PLAIN.replace("\n", "\r\n"), {}, RING, ""),
    "CR": ("g.txt", PLAIN.replace("\n", "\r"), {}, RING, ""),
    "all ends of lines": ("g.txt", "a b\r\nb c\rc a", {}, RING, ""),
    "no newline at the end": ("g.txt", PLAIN.strip(), {}, RING, ""),
    "many newlines at the end": ("g.txt", PLAIN + "\n\n \n\t\n", {}, RING, ""),
    "empty lines above": ("g.txt", "\n\n\n" + PLAIN, {}, RING, ""),
    "separators mixed, numbers": ("g.txt", "0 1\n1,2\n2;0\n2\t1\n", {}, "0>1 1>2 2>0 2>1", ""),
    "numbers beyond 2^31": ("g.txt", "4294967297 1\n1 2\n", {}, "4294967297>1 1>2", ""),
    "another suffix": ("g.edges", PLAIN, {}, RING, ""),
    "no suffix": ("graph", PLAIN, {}, RING, ""),
    # encodings
    "UTF-8 with its mark": ("g.txt", b"\xef\xbb\xbf" + PLAIN.encode(), {}, RING, ""),
    "mark and titles": ("g.csv", b"\xef\xbb\xbfsource,target\n" + PLAIN.replace(" ", ",").encode(), {}, RING, "titles"),
    "UTF-16, little end": ("g.txt", b"\xff\xfe" + PLAIN.encode("utf-16-le"), {}, RING, ""),
    "UTF-16, big end": ("g.txt", b"\xfe\xff" + PLAIN.encode("utf-16-be"), {}, RING, ""),
    "Windows, named": ("g.txt", "Köln Nîmes\n".encode("cp1252"), {"encoding": "cp1252"}, "Köln>Nîmes", ""),
    "Latin-1, named": ("g.txt", "é à\n".encode("latin-1"), {"encoding": "latin-1"}, "é>à", ""),
    "Shift JIS, named": ("g.txt", "東京 大阪\n".encode("shift_jis"), {"encoding": "shift_jis"}, "東京>大阪", ""),
    "Greek, Hebrew, emoji": ("g.txt", "α β\nאב ג\n🐛 α\n", {}, "α>β אב>ג 🐛>α", ""),
    "gzip": ("g.txt.gz", gzip.compress(PLAIN.encode()), {}, RING, ""),
    "gzip without its suffix": ("g.txt", gzip.compress(PLAIN.encode()), {}, RING, ""),
    "plain text that is called gzip": ("g.txt.gz", PLAIN, {}, RING, ""),
    "gzip of CSV with titles": ("g.csv.gz", gzip.compress(b"from,to\na,b\n"), {}, "a>b", "titles"),
    "two gzips joined": ("g.txt.gz", gzip.compress(b"a b\n") + gzip.compress(b"b c\n"), {}, "a>b b>c", ""),
    "gzip of UTF-16": ("g.gz", gzip.compress(PLAIN.encode("utf-16")), {}, RING, ""),
    # comments
    "comments above": ("g.txt", "# one\n% two\n  # three\n" + PLAIN, {}, RING, "3 comments skipped"),
    "comments between": ("g.txt", "0 1\n# half\n1 2\n", {}, "0>1 1>2", "1 comment skipped"),
    "comments after": ("g.txt", "0 1 # x\n1 2\t% y\n", {}, "0>1 1>2", "2 comments"),
    "a sharp in a name": ("g.txt", "C# F#\nF# B#\n", {}, "C#>F# F#>B#", ""),
    "per cent in a name": ("g.csv", "5%,10%\n", {}, "5%>10%", ""),
    "a sharp in quotes": ("g.csv", '"a #1","b #2"\n', {}, "a #1>b #2|", ""),
    "SNAP": ("g.txt", "# Directed graph\n# FromNodeId\tToNodeId\n0\t1\n1\t2\n", {}, "0>1 1>2", "'FromNodeId'"),
    "SNAP, undirected": ("g.txt", "# Undirected graph: x.txt\n0\t1\n1\t2\n", {}, "0-1 1-2", "edges go both ways"),
    "KONECT, directed": ("out.x", "% asym unweighted\n1 2\n2 3\n", {}, "1>2 2>3", "1 comment skipped"),
    "KONECT, undirected": ("out.x", "% sym unweighted\n1 2\n2 3\n", {}, "1-2 2-3", "edges go both ways"),
    "titles in a comment, as NumPy writes them": ("g.txt", "# target source\n1 2\n2 3\n", {}, "2>1 3>2", "'source'"),
    # names
    "whole numbers": ("g.txt", "10 9\n9 8\n", {}, "10>9 9>8", ""),
    "numbers with gaps": ("g.txt", "0 4611686018427387903\n", {}, "0>4611686018427387903", ""),
    "numbers with leading zeros": ("g.txt", "007 008\n008 100\n", {}, "007>008 008>100", "all names are kept as text"),
    "words and numbers": ("g.txt", "1 a\n2 b\n1 b\n", {}, "1>a 2>b 1>b", "all names are kept as text"),
    "blanks in names": ("g.csv", "New York,Rome\nRome,San José\n", {}, "New York>Rome|Rome>San José", ""),
    "commas in quotes": ("g.csv", '"Paris, Texas",b\nb,"c"\n', {}, "Paris, Texas>b|b>c", ""),
    "quotes in quotes": ("g.csv", '"the ""A""",b\n', {}, 'the "A">b|', ""),
    "quotes and blanks": ("g.txt", '"New York" "San José"\n', {}, "New York>San José|", ""),
    "quotes and tabs": ("g.tsv", '"a"\t"b c"\n', {}, "a>b c|", ""),
    "quotes, then blanks": ("g.csv", '"a" , "b"\n', {}, "a>b", ""),
    "an inch": ("g.csv", '5" pipe,6" pipe\n', {}, '5" pipe>6" pipe|', ""),
    "an apostrophe": ("g.txt", "O'Hara D'Arcy\n", {}, "O'Hara>D'Arcy", ""),
    "a blank that does not break": ("g.txt", "New\u00a0York Rome\n", {}, "New\u00a0York>Rome|", ""),
    "commas in names, tabs between": ("g.tsv", "Doe, J\tRoe, R\n", {}, "Doe, J>Roe, R|", ""),
    "commas in names, semicolons between": ("g.csv", "Doe, J;Roe, R\n", {}, "Doe, J>Roe, R|", ""),
    "a line mark of Unicode": ("g.csv", "a\u2028b,c\n", {}, "a\u2028b>c|", ""),
    "names that look alike": ("g.txt", "é x\ne\u0301 x\n", {}, "é>x e\u0301>x", "look alike"),
    "an invisible sign": ("g.txt", "a b\na\u200b b\n", {}, "a>b a\u200b>b", "look alike"),
    "numbers that look alike": ("g.txt", "01 1\n1 b\n", {}, "01>1 1>b", "look alike"),
    "Namibia": ("g.txt", "NA ZA\nZA BW\n", {}, "NA>ZA ZA>BW", "'NA' is read as the name"),
    "proteins like numbers": ("g.txt", "1e10 2abc\n2abc 3xyz\n", {}, "1e10>2abc 2abc>3xyz", ""),
    "dashes": ("g.txt", "a-b c_d\nc_d e.f\n", {}, "a-b>c_d c_d>e.f", ""),
    "Arabic digits are names": ("g.txt", "١ ٢\n", {}, "١>٢", ""),
    "small and large letters differ": ("g.txt", "a A\n", {}, "a>A", ""),
    "a name of 10000 letters": ("g.txt", f"{'x' * 10000} y\n", {}, f"{'x' * 10000}>y", ""),
    # titles
    "index of pandas": ("g.csv", ",source,target\n0,a,b\n1,b,c\n", {}, "a>b b>c", "without a title"),
    "index and target first": ("g.csv", ",target,source\n0,a,b\n", {}, "b>a", "without a title"),
    "Gephi": ("g.csv", "Source,Target,Type,Id,Label,timeset,Weight\n1,2,Directed,0,,,1.0\n2,3,Directed,1,,,1.0\n", {}, "1>2 2>3",
        "'Weight' left out, as all its values are 1.0"),
    "Gephi, undirected": ("g.csv", "Source,Target,Type\n1,2,Undirected\n2,3,Undirected\n", {}, "1-2 2-3", "titles"),
    "Gephi, mixed": ("g.csv", "Source,Target,Type\n1,2,Directed\n2,3,Undirected\n", {}, "1>2 2>3 3>2", "1 of 2 edges go both"),
    "quoted titles": ("g.csv", '"source","target"\n"a","b"\n', {}, "a>b", "titles"),
    "titles in blanks, rows in commas": ("g.csv", "source target\n1,2\n", {}, "1>2", "titles"),
    "titles below comments": ("g.csv", "# x\n\nsource,target\na,b\n", {}, "a>b", "titles"),
    "ends that are not first": ("g.csv", "year,target,what,source\n1999,a,x,b\n", {}, "b>a", "left out: 'year', 'what'"),
    "named by titles": ("g.csv", "who,when,whom\na,1,b\n", {"columns": ("whom", "who")}, "b>a", "left out: 'when'"),
    "named by numbers": ("g.csv", "x,a,b,9\ny,b,c,9\n", {"columns": (2, 3)}, "a>b b>c", "left out"),
    "simple interactions": ("g.sif", "a pp b\nb pd c\n", {"columns": (1, 3), "colour": 2}, "a>b:2 b>c", "colour 1 is pd"),
    "titles of two genes": ("g.csv", "gene1,gene2,weight\nx,y,.5\n", {"plain": True}, "x>y", "left aside: 'weight'"),
    "titles found by the weight": ("g.csv", "x,y,r\na,b,1\nb,c,9\n", {"weights": "r", "cut": "0,2,3,4"}, "a>b:2 b>c:3",
        "column 'x'"),
    "titles and a weight by number": ("g.csv", "name,label,w\na,b,1\nb,c,9\n", {"weights": 3, "cut": "0,2,3,4"}, "a>b:2 b>c:3",
        "column 'name'"),
    "titles and a colour by number": ("g.csv", "name,label,c\na,b,2\nb,c,1\n", {"colour": 3}, "a>b:2 b>c", "column 'name'"),
    "a first line that may be titles": ("g.csv", "city,town\na,b\nb,c\n", {}, "city>town a>b b>c", "if these are titles"),
    "a line of its own first": ("g.txt", "x y\nb c\nc b\n", {}, "x>y b>c c>b", "if these are titles"),
    # colours, weights
    "a third column of colours": ("g.txt", "a b 1\nb c 7\n", {}, "a>b b>c:7", "read as colours"),
    "colours by title": ("g.csv", "colour,source,target\n3,a,b\n1,b,c\n", {}, "a>b:3 b>c", "titles"),
    "color by title": ("g.csv", "source,target,color\na,b,2\n", {}, "a>b:2", "titles"),
    "colours in words": ("g.csv", "source,target,sign\na,b,minus\nb,c,plus\n", {"colour": "sign"}, "a>b b>c:2",
        "colour 2 is plus"),
    "colours as 2.0": ("g.csv", "source,target,k\na,b,2.0\nb,c,1.0\n", {"colour": "k"}, "a>b:2 b>c", "titles"),
    "a weight beside colours": ("g.csv", "source,target,colour,weight\na,b,2,.1\nb,c,3,.2\n", {"colour": "colour"}, "a>b:2 b>c:3",
        "'weight'"),
    "weights cut": ("g.txt", "a b -3\nb c .1\nc a 1.5\n", {"weights": 3, "cut": "-2,-1,1,2"}, "a>b c>a:2", "1 cut away"),
    "weights by title": ("g.csv", "from,to,w\na,b,-3\nb,c,5\n", {"weights": "w", "cut": "-2,-1,1,2"}, "a>b b>c:3", "0 cut away"),
    "weights as 1e3": ("g.csv", "from,to,w\na,b,-1e3\nb,c,+2E3\n", {"weights": "w", "cut": "-2,-1,1,2"}, "a>b b>c:3", "0 cut away"),
    "whole weights": ("g.txt", "0 1 1\n1 2 5\n2 3 9\n", {"weights": 3, "cut": "2,4,6,8"}, "0>1 2>3:3", "far below the mean"),
    "plain": ("g.txt", "a b 0.5\nb c x\n", {"plain": True}, "a>b b>c", "left aside: '3'"),
    "an index that is perhaps none": ("g.csv", "0,4,1\n1,5,2\n2,6,3\n", {}, "0>4 1>5:2 2>6:3", "counts the lines"),
    "NCOL": ("g.ncol", "a b\nb c\n", {}, "a>b b>c", "NCOL does not say"),
    "NCOL, weights all alike": ("g.ncol", "a b 2\nb c 2\n", {}, "a>b b>c", "all its values are 2"),
    "NCOL, cut": ("g.ncol", "a b 2\nb c 9\n", {"weights": "weight", "cut": "0,1,3,4"}, "b>c:3", "1 cut away"),
    "NCOL, cut by number": ("g.ncol", "a b 2\nb c 9\n", {"weights": 3, "cut": "0,1,3,4"}, "b>c:3", "1 cut away"),
    "Gephi, undirected, with weights": ("g.csv", "Source,Target,Type,Weight\na,b,Undirected,1\nb,c,Undirected,2\n", {"plain": True},
        "a-b b-c", "left aside: 'Weight'"),
    "a type that is none": ("g.csv", "source,target,type\na,b,road\n", {}, "a>b", "left out: 'type'"),
    "a first line of counts": ("g.txt", "3 4\n0 1\n1 2\n2 0\n0 2\n", {}, "3>4 0>1 1>2 2>0 0>2", "4 is also the number of edges below"),
    # loops and repeats
    "self-loops dropped": ("g.txt", "a a\na b\nb b\n", {"drop_loops": True}, "a>b", "2 self-loops dropped"),
    "a vertex with only a self-loop": ("g.txt", "a a\nc b\n", {"drop_loops": True}, "c>b", "1 vertex without an edge"),
    "repeats merged": ("g.txt", "a b\nb c\na b\na b\n", {"merge_duplicates": True}, "a>b b>c", "2 repeated edges merged"),
    "repeats merged, weights added": ("g.txt", "a b 1\nb c 5\na b 1.5\n",
        {"merge_duplicates": True, "weights": 3, "cut": "0,.5,2,4"}, "a>b:2 b>c:3", "weights added"),
    "undirected": ("g.txt", PLAIN, {"undirected": True}, "a-b b-c a-c", ""),
    "undirected, repeats merged": ("g.txt", "a b\nb a\n", {"undirected": True, "merge_duplicates": True}, "a-b",
        "1 repeated edge m"),
    "both at once": ("g.txt", "1 1\n1 2\n1 2\n", {"drop_loops": True, "merge_duplicates": True}, "1>2", "1 repeated"),
    # NetworkX's lists with dictionaries
    "empty dictionaries": ("g.edgelist", "a b {}\nb c {}\n", {}, "a>b b>c", ""),
    "dictionaries with weights, plain": ("g.edgelist", "0 1 {'weight': 2}\n1 2 {'weight': 3}\n", {"plain": True}, "0>1 1>2",
        "left aside"),
    "dictionaries with colours": ("g.edgelist", "# x\na b {'colour': 3}\nb c {'colour': 1}\n", {}, "a>b:3 b>c", ""),
    "dictionaries, cut": ("g.edgelist", "a b {'w': 9.5}\nb c {'w': 0}\n", {"weights": "w", "cut": "-2,-1,1,2"}, "a>b:3", "1 cut away"),
    "dictionaries, other things": ("g.edgelist", "a b {'year': 3}\n", {}, "a>b", "left out: 'year'"),
}  # fmt: skip
for one, other in (
    ("source", "target"), ("Source", "Target"), ("from", "to"), ("FROM", "TO"), ("src", "dst"), ("source_id", "target_id"),
    ("from_node", "to_node"), ("FromNodeId", "ToNodeId"), ("Source Node", "Target Node"), ("sender", "receiver"), ("parent", "child"),
    ("node1", "node2"), ("Node A", "Node B"), ("gene1", "gene2"), ("pre", "post"), ("presynaptic", "postsynaptic"), ("citing", "cited"),
    ("regulator", "target"), ("u", "v"), ("i", "j"), ("origin", "destination"), ("start", "end"),
):  # fmt: skip
    READ[f"titles {one}, {other}"] = (
        "g.csv",
        f"{one},{other}\nx,y\ny,z\n",
        {},
        "x>y y>z",
        f"from column '{one}' to column '{other}'",
    )
    READ[f"titles {other}, {one}"] = (
        "g.csv",
        f"{other},{one}\nx,y\ny,z\n",
        {},
        "y>x z>y",
        f"from column '{one}' to column '{other}'",
    )


@pytest.mark.parametrize(("row", "right"), [("label c", True), ("u c", False), ("# %", False)])
def test_words_that_are_known_are_titles_if_not_all_are_single_letters_or_signs(row, right):
    assert known(row.split(), Choices()) is right


def test_an_opened_file_gives_as_many_bytes_as_are_asked_for(tmp_path):
    with opened(written(tmp_path, "g.txt", PLAIN)) as stream:
        assert (stream.read(5), stream.read(2), stream.read()) == (b"a b\nb", b" c", b"\nc a\n")


def told(graph):
    """List the edges of a graph in words."""
    arrow = "-" if graph.undirected else ">"
    columns = (column.tolist() for column in edges(graph))
    return {f"{s}{arrow}{t}" + (f":{c}" if c != 1 else "") for s, t, c in zip(*columns, strict=True)}


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("case", READ)
def test_a_table_is_read_right(case, tmp_path):
    name, content, choices, truth, note = READ[case]
    read = read_graph(written(tmp_path, name, content), **choices)
    assert told(read.graph) == set(filter(None, truth.split("|" if "|" in truth else " ")))
    assert note in " / ".join(read.notes) if note else read.notes == []
    assert read.graph.names.tolist() == sorted(read.graph.names.tolist())
