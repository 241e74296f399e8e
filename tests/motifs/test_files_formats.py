"""GML, GraphML, GEXF and Pajek: read as NetworkX reads the same file (where it does so rightly), or refused with line and reason.

READ      name: (file name, content, choices, edges in words, a note or "", how NetworkX reads it or None)
REFUSED   name: (file name, content, choices, the message)
"""

import re
import runpy
from pathlib import Path

import pytest

from minigrow.motifs.files import read_graph

networkx = pytest.importorskip("networkx")
TABLES, WRONG = (
    runpy.run_path(str(Path(__file__).with_name(f"test_files_{name}.py"))) for name in ("tables", "refused")
)
told, written = TABLES["told"], TABLES["written"]


def gml(inside, directed="directed 1"):
    return f"graph [\n{directed}\n{inside}\n]\n"


def graphml(inside, default='edgedefault="directed"', keys=""):
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    return f"{head}{keys}\n<graph {default}>\n{inside}\n</graph>\n</graphml>\n"


def node(name, key, value):
    return f'<node id="{name}"><data key="{key}">{value}</data></node>'


def gexf(nodes, edges, graph='defaultedgetype="directed"', more=""):
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">\n'
    return f"{head}<graph {graph}>{more}\n<nodes>{nodes}</nodes>\n<edges>{edges}</edges>\n</graph>\n</gexf>"


AB = 'node [ id 0 label "a" ]\nnode [ id 1 label "b" ]\n'
XAB = '<node id="a"/>\n<node id="b"/>\n'
PAB = '*Vertices 2\n1 "a"\n2 "b"\n'
KEYS = (
    '<key id="k" for="edge" attr.name="colour" attr.type="int"><default>2</default></key>\n'
    '<key id="w" for="edge" attr.name="weight" attr.type="double"/>\n'
    '<key id="n" for="node" attr.name="name" attr.type="string"/>\n'
    '<key id="t" for="node" attr.name="kind" attr.type="string"/>'
)
GEDGE = '<edge id="0" source="a" target="b"/>'
GEXF_TYPES = '<attributes class="node"><attribute id="0" title="kind" type="string"/></attributes>'
VALUE = '<node id="{}"><attvalues><attvalue for="0" value="{}"/></attvalues></node>'
IGRAPH = (
    'Creator "igraph"\nVersion 1\ngraph\n[\n directed 1\n node\n [\n id 0\n name "x"\n ]\n'
    ' node\n [\n id 1\n name "y z"\n ]\n edge\n [\n source 0\n target 1\n ]\n]\n'
)
READ = {
    "GML": ("g.gml", gml(AB + "edge [ source 0 target 1 ]"), {}, "a>b", "'label'", networkx.read_gml),
    "GML, undirected": ("g.gml", gml(AB + "edge [ source 0 target 1 ]", "directed 0"), {}, "a-b", "'label'", networkx.read_gml),
    "GML that does not say": ("g.gml", gml(AB + "edge [ source 0 target 1 ]", ""), {}, "a-b", "go both ways", networkx.read_gml),
    "GML on one line": ("g.gml", gml(AB + "edge [ source 0 target 1 ]").replace("\n", " "), {}, "a>b", "'label'", networkx.read_gml),
    "GML, CRLF": ("g.gml", gml(AB + "edge [ source 0 target 1 ]").replace("\n", "\r\n"), {}, "a>b", "'label'", networkx.read_gml),
    "GML by content": ("g.txt", 'Creator "me"\nVersion 1\n' + gml(AB + "edge [ source 0 target 1 ]"), {}, "a>b", "'label'",
        networkx.read_gml),
    "GML, comments": ("g.gml", "# x\n" + gml(AB + "# y\nedge [ source 0 target 1 ]"), {}, "a>b", "'label'", networkx.read_gml),
    "GML, entities": ("g.gml", gml(AB.replace('"a"', '"&#233;"') + "edge [ source 0 target 1 ]"), {}, "é>b", "'label'",
        networkx.read_gml),
    "GML, Unicode": ("g.gml", gml(AB.replace('"a"', '"东"') + "edge [ source 0 target 1 ]"), {}, "东>b", "'label'", None),
    "GML, blanks in names": ("g.gml", gml(AB.replace('"a"', '"a ] b"') + "edge [ source 0 target 1 ]"), {}, "a ] b>b|", "'label'",
        networkx.read_gml),
    "GML, no labels": ("g.gml", gml("node [ id 5 ] node [ id 7 ] edge [ source 5 target 7 ]"), {}, "5>7", "",
        lambda path: networkx.read_gml(path, label="id")),
    "GML, a label shared": ("g.gml", gml(AB.replace('"b"', '"a"') + "edge [ source 1 target 0 ]"), {}, "1>0", "by their id",
        lambda path: networkx.read_gml(path, label="id")),
    "GML, edges above vertices": ("g.gml", gml("edge [ source 0 target 1 ]" + AB), {}, "a>b", "'label'", networkx.read_gml),
    "GML, drawings": ("g.gml", gml(AB + 'edge [ source 0 target 1 graphics [ w 3 fill "#FF" ] ]'), {}, "a>b", "'label'",
        networkx.read_gml),
    "GML, isolated": ("g.gml", gml(AB + 'node [ id 2 label "c" ] edge [ source 0 target 1 ]'), {}, "a>b",
        "1 vertex without an edge", networkx.read_gml),
    "GML, colours": ("g.gml", gml(AB + "edge [ source 0 target 1 colour 3 ]"), {}, "a>b:3", "'label'", networkx.read_gml),
    "GML, words as colours": ("g.gml", gml(AB + 'edge [ source 0 target 1 sign "+" ] edge [ source 1 target 0 sign "-" ]'),
        {"colour": "sign"}, "a>b b>a:2", "colour 2 is -", networkx.read_gml),
    "GML, cut": ("g.gml", gml(AB + "edge [ source 0 target 1 w -2.5e0 ] edge [ source 1 target 0 w .5 ]"),
        {"weights": "w", "cut": "-2,-1,1,2"}, "a>b", "1 cut away", None),
    "GML, multigraph merged": ("g.gml",
        gml(AB + "edge [ source 0 target 1 ] edge [ source 0 target 1 key 1 ]", "directed 1 multigraph 1"),
        {"merge_duplicates": True}, "a>b", "1 repeated edge merged", networkx.read_gml),
    "GML of igraph": ("g.gml",
        IGRAPH,
        {}, "x>y z|", "by their 'name'", lambda path: networkx.read_gml(path, label="name")),
    "GML, gzip": ("g.gml.gz", TABLES["gzip"].compress(gml(AB + "edge [ source 0 target 1 ]").encode()), {}, "a>b", "'label'",
        networkx.read_gml),
    "GraphML": ("g.graphml", graphml(XAB + GEDGE), {}, "a>b", "", networkx.read_graphml),
    "GraphML, undirected": ("g.graphml", graphml(XAB + GEDGE, 'edgedefault="undirected"'), {}, "a-b", "", networkx.read_graphml),
    "GraphML, mixed": ("g.graphml", graphml(XAB + '<node id="c"/>' + GEDGE + '<edge source="b" target="c" directed="false"/>'),
        {}, "a>b b>c c>b", "1 of 2 edges go both ways", None),
    "GraphML called XML": ("g.xml", graphml(XAB + GEDGE), {}, "a>b", "", networkx.read_graphml),
    "GraphML by content": ("g.txt", "<!-- x -->" + graphml(XAB + GEDGE).split("\n", 1)[1], {}, "a>b", "", networkx.read_graphml),
    "GraphML with a prefix": ("g.graphml",
        re.sub("<(/?)(?=[gne])", r"<\1g:", graphml(XAB + GEDGE).replace("xmlns=", "xmlns:g=")),
        {}, "a>b", "", networkx.read_graphml),
    "GraphML without a namespace": ("g.graphml",
        graphml(XAB + GEDGE).replace(' xmlns="http://graphml.graphdrawing.org/xmlns"', ""), {}, "a>b", "", None),
    "GraphML, UTF-16": ("g.graphml", graphml(XAB + GEDGE).replace("UTF-8", "UTF-16").encode("utf-16"), {}, "a>b", "",
        networkx.read_graphml),
    "GraphML, Unicode": ("g.graphml", graphml(XAB.replace('"a"', '"ä b"') + GEDGE.replace('"a"', '"ä b"')), {}, "ä b>b|", "",
        networkx.read_graphml),
    "GraphML, names": ("g.graphml",
        graphml(node("n0", "n", "x") + node("n1", "n", "y") + '<edge source="n0" target="n1"/>', keys=KEYS),
        {}, "x>y:2", "by their 'name'", None),
    "GraphML, a default colour": ("g.graphml",
        graphml(XAB + GEDGE + '<edge source="b" target="a"><data key="k">3</data></edge>', keys=KEYS), {}, "a>b:2 b>a:3", "",
        networkx.read_graphml),
    "GraphML, a default for vertices and edges": ("g.graphml",
        graphml(XAB + GEDGE, keys=KEYS.split("\n")[0].replace('for="edge"', 'for="all"')), {}, "a>b:2", "",
        networkx.read_graphml),
    "GraphML, kinds of vertices": ("g.graphml",
        graphml('<node id="a"><data key="t">z</data></node><node id="b"><data key="t">y</data></node>' + GEDGE, keys=KEYS ),
        {"vertex_attribute": "kind", "plain": True}, "a>b", "colours of vertices: 1 y, 2 z", networkx.read_graphml),
    "GraphML, cut": ("g.graphml",
        graphml(XAB + GEDGE.replace("/>", '><data key="w">-4</data></edge>')
                + '<edge source="b" target="a"><data key="w">0</data></edge>', keys=KEYS),
        {"weights": "weight", "cut": "-2,-1,1,2"}, "a>b", "1 cut away", None),
    "GraphML, yEd": ("g.graphml",
        graphml(node("a", "d", '<y xmlns="y">drawing</y>') + '<node id="b"/>' + GEDGE, keys='<key id="d" for="node"/>'),
        {}, "a>b", "", None),
    "GEXF": ("g.gexf", gexf(XAB, GEDGE), {}, "a>b", "", networkx.read_gexf),
    "GEXF that does not say": ("g.gexf", gexf(XAB, GEDGE, ""), {}, "a-b", "does not say", networkx.read_gexf),
    "GEXF, labels": ("g.gexf", gexf('<node id="0" label="x"/><node id="1" label="y"/>', '<edge source="0" target="1"/>'), {},
        "x>y", "by their 'label'", lambda path: networkx.relabel_gexf_graph(networkx.read_gexf(path))),
    "GEXF, mixed": ("g.gexf", gexf(XAB + '<node id="c"/>', GEDGE + '<edge source="b" target="c" type="undirected"/>'), {},
        "a>b b>c c>b", "1 of 2", None),
    "GEXF, mutual": ("g.gexf", gexf(XAB, '<edge source="a" target="b" type="mutual"/>'), {}, "a-b", "", None),
    "GEXF, all weights 1": ("g.gexf", gexf(XAB, GEDGE.replace("/>", ' weight="1.0"/>')), {}, "a>b", "all its values are 1.0",
        networkx.read_gexf),
    "GEXF, times": ("g.gexf", gexf(XAB, GEDGE.replace("/>", ' start="1" end="2"/>')), {}, "a>b", "times left out", None),
    "GEXF, kinds of vertices": ("g.gexf",
        gexf(VALUE.format("a", "z") + VALUE.format("b", "y"), GEDGE, more=GEXF_TYPES),
        {"vertex_attribute": "kind"}, "a>b", "1 y, 2 z", networkx.read_gexf),
    "GEXF by content": ("g.xml", gexf(XAB, GEDGE), {}, "a>b", "", networkx.read_gexf),
    "Pajek, arcs": ("g.net", PAB + "*Arcs\n1 2\n", {}, "a>b", "are 1", networkx.read_pajek),
    "Pajek, edges": ("g.net", PAB + "*Edges\n1 2 1\n", {}, "a-b", "are 1", networkx.read_pajek),
    "Pajek, arcs and edges": ("g.net", PAB.replace("2", "3", 1) + '3 "c"\n*Arcs\n1 2\n*Edges\n2 3\n', {}, "a>b b>c c>b",
        "1 of 2 edges", None),
    "Pajek, edges and arcs": ("g.net", PAB.replace("2", "3", 1) + '3 "c"\n*Edges\n2 3\n*Arcs\n1 2\n', {}, "a>b b>c c>b",
        "1 of 2 edges", None),
    "Pajek, small letters": ("g.net", PAB.lower() + "*arcs\n1 2\n", {}, "a>b", "are 1", networkx.read_pajek),
    "Pajek, CRLF": ("g.net", (PAB + "*Arcs\n1 2\n").replace("\n", "\r\n"), {}, "a>b", "are 1", networkx.read_pajek),
    "Pajek, no labels": ("g.net", "*Vertices 3\n*Arcs\n1 2\n2 3\n", {}, "1>2 2>3", "are 1", None),
    "Pajek, some labels": ("g.net", '*Vertices 3\n1 "a"\n*Arcs\n1 2\n2 3\n', {}, "1>2 2>3", "some have none", None),
    "Pajek, a label shared": ("g.net", '*Vertices 3\n1 "a"\n2 "a"\n3 "b"\n*Arcs\n1 2\n2 3\n', {}, "1>2 2>3", "some share one",
        None),
    "Pajek, blanks in labels": ("g.net", PAB.replace('"a"', '"a b"') + "*Arcs\n1 2\n", {}, "a b>b|", "are 1", networkx.read_pajek),
    "Pajek, no quotes": ("g.net", PAB.replace('"', "") + "*Arcs\n1 2\n", {}, "a>b", "are 1", networkx.read_pajek),
    "Pajek, places and shapes": ("g.net", '*Vertices 2\n1 "a" 0.1 0.2 0.5 ellipse\n2 "b" 0.3 0.4 box\n*Arcs\n1 2 1 c Blue\n', {},
        "a>b", "are 1", None),
    "Pajek, lists": ("g.net", "*Vertices 4\n*Arcslist\n1 2 3\n*Edgeslist\n3 4\n", {}, "1>2 1>3 3>4 4>3", "1 of 3", None),
    "Pajek, comments": ("g.net", "% x\n/* y */\n" + PAB + "% z\n*Arcs\n1 2\n", {}, "a>b", "are 1", None),
    "Pajek, a name": ("g.net", "*Network my net\n" + PAB + "*Arcs\n1 2\n", {}, "a>b", "are 1", None),
    "Pajek, isolated": ("g.net", "*Vertices 9\n*Arcs\n1 2\n", {}, "1>2", "7 vertices without an edge", None),
    "Pajek, cut": ("g.net", PAB + "*Arcs\n1 2 -3\n2 1 9\n", {"weights": "weight", "cut": "-2,-1,1,2"}, "a>b b>a:3", "0 cut away", None),
    "Pajek, plain": ("g.net", "*Vertices 3\n1 a\n2 b\n3 c\n*Arcs\n1 2 -3\n2 3 9\n", {"plain": True}, "a>b b>c",
        "left aside: 'weight'", networkx.read_pajek),
    "Pajek by content": ("g.txt", PAB + "*Arcs\n1 2\n", {}, "a>b", "are 1", networkx.read_pajek),
    "Pajek, relations": ("g.net", PAB + '*Arcs :1 "likes"\n1 2\n*Arcs :2 "knows"\n2 1\n', {}, "a-b", "not told apart", None),
    "Pajek, self-loops": ("g.net", PAB + "*Edges\n1 2\n2 2\n", {"drop_loops": True}, "a-b", "1 self-loop dropped", None),
}  # fmt: skip
REFUSED = {
    "GML, no id": ("g.gml", gml('node [ label "a" ]'), {}, "line 3: the key id must be there.*got nothing"),
    "GML, an id of letters": ("g.gml", gml('node [ id "x" ]'), {}, "line 3: the key id .* got 'x'"),
    "GML, no target": ("g.gml", gml(AB + "edge [ source 0 ]"), {}, "line 5: the key target must be there"),
    "GML, not declared": ("g.gml", gml(AB + "edge [ source 0 target 9 ]"), {},
        "line 5: the vertex '9' of this edge is not declared"),
    "GML, declared twice": ("g.gml", gml(AB + "node [ id 0 ]"), {}, "line 5: the vertex 0 is declared twice"),
    "GML, a bracket open": ("g.gml", "graph [\n" + AB, {}, "ends before all brackets are closed"),
    "GML, a bracket too many": ("g.gml", gml(AB) + "]", {}, "line 7: a key and a value are expected here, got ']'"),
    "GML, quotes open": ("g.gml", gml('node [ id 0 label "a ]'), {}, "line 3: the quotes are not closed"),
    "GML, a bare word": ("g.gml", gml("node [ id 0 label a ]"), {}, "line 3: the value of label must be"),
    "GML, a key that is a number": ("g.gml", gml("node [ 0 id ]"), {}, "line 3: a key and a value are expected here, got '0'"),
    "GML, a key twice": ("g.gml", gml(AB + "edge [ source 0 source 1 target 1 ]"), {}, "line 5: the key source stands twice"),
    "GML, directed 2": ("g.gml", gml(AB + "edge [ source 0 target 1 ]", "directed 2"), {}, "directed must be 0 or 1, got 2"),
    "GML, two graphs": ("g.gml", gml(AB) + gml(AB), {}, "one graph .* this one has 2"),
    "GML, no edge": ("g.gml", gml(AB), {}, "no edge"),
    "GML, a vertex that is a number": ("g.gml", gml("node 3"), {}, "line 3: a node or an edge is a list"),
    "GML, empty": ("g.gml", "", {}, "one graph .* this one has 0"),
    "GML, a self-loop": ("g.gml", gml(AB + "edge [ source 1 target 1 ]"), {}, "line 5: .* got b -> b"),
    "GML, an edge twice": ("g.gml", gml(AB + "edge [ source 1 target 0 ]\n" * 2), {}, "line 6: an edge may occur once.* line 5"),
    "GML, weights": ("g.gml", gml(AB + "edge [ source 0 target 1 weight 1 ] edge [ source 1 target 0 weight 2 ]"), {},
        "--weights weight"),
    "GML, a colour is missing": ("g.gml", gml(AB + "edge [ source 0 target 1 colour 1 ]\nedge [ source 1 target 0 ]"), {},
        "line 6: a colour must be a whole number, got no value"),
    "GML, a colour to draw": ("g.gml", gml(AB + 'edge [ source 0 target 1 color "red" ]'), {},
        "line 5: a colour must be a whole number, got 'red'"),
    "GML, Windows-1252": ("g.gml", gml(AB.replace('"a"', '"é"')).encode("cp1252"), {}, "line 3: .* not UTF-8"),
    "GraphML, broken off": ("g.graphml", graphml(XAB + GEDGE)[:-30], {}, "line [0-9]+: this XML is broken"),
    "GraphML, tags crossed": ("g.graphml", graphml("<node id='a'><data></node></data>"), {}, "line 5: this XML is broken"),
    "GraphML, no edgedefault": ("g.graphml", graphml(XAB + GEDGE, ""), {}, "line 4: <graph> needs the attribute 'edgedefault'"),
    "GraphML, edgedefault unknown": ("g.graphml", graphml(XAB + GEDGE, 'edgedefault="both"'), {}, "line 4: edgedefault must be"),
    "GraphML, directed unknown": ("g.graphml", graphml(XAB + GEDGE.replace("/>", ' directed="x"/>')), {},
        "line 7: directed must be true or false"),
    "GraphML, not declared": ("g.graphml", graphml('<node id="a"/>\n' + GEDGE), {},
        "line 6: the vertex 'b' of this edge is not declared"),
    "GraphML, declared twice": ("g.graphml", graphml(XAB + '<node id="a"/>' + GEDGE), {},
        "line 7: the vertex 'a' is declared twice"),
    "GraphML, no id": ("g.graphml", graphml("<node/>"), {}, "line 5: <node> needs the attribute 'id'"),
    "GraphML, no target": ("g.graphml", graphml(XAB + '<edge source="a"/>'), {}, "line 7: <edge> needs the attribute 'target'"),
    "GraphML, a key not declared": ("g.graphml", graphml(XAB + '<edge source="a" target="b"><data key="q">1</data></edge>'), {},
        "line 7: the key 'q' is not declared"),
    "GraphML, data without a key": ("g.graphml", graphml(XAB + '<edge source="a" target="b"><data>1</data></edge>'), {},
        "line 7: <data> needs"),
    "GraphML, two graphs": ("g.graphml", graphml(XAB + "</graph><graph>"), {}, "one <graph> is read from <graphml>, got 2"),
    "GraphML, a graph in a vertex": ("g.graphml", graphml('<node id="a"><graph edgedefault="directed"/></node>'), {},
        "line 5: graphs inside a vertex"),
    "GraphML, hyperedges": ("g.graphml", graphml(XAB + '<hyperedge><endpoint node="a"/></hyperedge>'), {},
        "no hyperedge is read"),
    "GraphML, entities": ("g.graphml",
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "a">]>' + graphml(XAB + GEDGE).split("\n", 1)[1], {},
        "line 1: entities of a file's own"),
    "GraphML, no edge": ("g.graphml", graphml(XAB), {}, "no edge"),
    "GraphML, a self-loop": ("g.graphml", graphml(XAB + GEDGE.replace('"b"', '"a"')), {}, "line 7: .* got a -> a"),
    "GraphML, an edge both ways, undirected": ("g.graphml",
        graphml(XAB + GEDGE + "\n" + GEDGE.replace('source="a" target="b"', 'source="b" target="a"'), 'edgedefault="undirected"'),
        {}, "line 8: an edge may occur once"),
    "GraphML, an arc beside an edge": ("g.graphml", graphml(XAB + GEDGE + '\n<edge source="b" target="a" directed="false"/>'), {},
        "line 8: an edge may occur once"),
    "GraphML, a kind is missing": ("g.graphml",
        graphml('<node id="a"/><node id="b"><data key="t">x</data></node>' + GEDGE, keys=KEYS), {"vertex_attribute": "kind"},
        "vertex a has no colour"),
    "GraphML, no such kind": ("g.graphml", graphml(XAB + GEDGE), {"vertex_attribute": "kind"}, "no attribute 'kind'"),
    "GraphML, 16 kinds": ("g.graphml",
        graphml("".join(node(f"v{i}", "t", f"k{i:02d}") for i in range(16))
                + "".join(f'<edge source="v{i}" target="v{i + 1}"/>' for i in range(15)), keys=KEYS),
        {"vertex_attribute": "kind"}, "at most 15 different words, got 16"),
    "GraphML, empty": ("g.graphml", "", {}, "line 1: this XML is broken"),
    "GEXF, a kind of edge": ("g.gexf", gexf(XAB, GEDGE.replace("/>", ' type="x"/>')), {},
        "line 7: an edge is directed, undirected or mutual, got 'x'"),
    "GEXF, an attribute not declared": ("g.gexf",
        gexf('<node id="a"><attvalues><attvalue for="7" value="1"/></attvalues></node>', GEDGE), {},
        "the attribute '7' is not declared"),
    "GEXF, vertices in vertices": ("g.gexf", gexf('<node id="a"><nodes><node id="b"/></nodes></node>', GEDGE), {},
        "vertices inside a vertex"),
    "GEXF, not declared": ("g.gexf", gexf('<node id="a"/>', GEDGE), {}, "line 5: the vertex 'b'"),
    "GEXF, no vertices": ("g.gexf", "<gexf><graph><edges/></graph></gexf>", {}, "one <nodes> is read from <graph>, got 0"),
    "GEXF, broken off": ("g.gexf", gexf(XAB, GEDGE)[:-9], {}, "this XML is broken"),
    "SVG": ("g.xml", "<svg xmlns='http://www.w3.org/2000/svg'/>", {}, "holds <svg>"),
    "Pajek without *Vertices": ("g.net", "1 2\n2 3\n", {}, "line 1: a network of Pajek begins with .Vertices"),
    "Pajek, arcs first": ("g.net", "*Arcs\n1 2\n", {}, "line 2: a vertex must be a whole number in 1..0"),
    "Pajek, no number": ("g.net", "*Vertices\n*Arcs\n1 2\n", {}, "line 1: .Vertices needs their number"),
    "Pajek, beyond the number": ("g.net", PAB + "*Arcs\n1 3\n", {}, "line 5: a vertex must be a whole number in 1..2.*got '3'"),
    "Pajek, vertex 0": ("g.net", PAB + "*Arcs\n0 1\n", {}, "line 5: a vertex must be .*got '0'"),
    "Pajek, a label as a vertex": ("g.net", PAB + "*Arcs\na b\n", {}, "line 5: a vertex must be .*got 'a'"),
    "Pajek, one end": ("g.net", PAB + "*Arcs\n1\n", {}, "line 5: an edge needs two ends"),
    "Pajek, a matrix": ("g.net", PAB + "*Matrix\n0 1\n1 0\n", {}, r"line 4: .* got \*Matrix"),
    "Pajek, two networks": ("g.paj", (PAB + "*Arcs\n1 2\n") * 2, {}, "line 6: one network"),
    "Pajek, a partition": ("g.paj", PAB + "*Arcs\n1 2\n*Partition x\n", {}, r"line 6: .*got \*Partition"),
    "Pajek, quotes open": ("g.net", '*Vertices 1\n1 "a\n', {}, "line 2: the quotes do not fit"),
    "Pajek, weights": ("g.net", PAB + "*Arcs\n1 2 1\n2 1 2\n", {}, "--weights weight"),
    "Pajek, no edge": ("g.net", PAB, {}, "no edge"),
    "Pajek, an edge twice": ("g.net", PAB + "*Edges\n1 2\n2 1\n", {}, "line 6: an edge may occur once"),
    "Pajek, multiple relations": ("g.net", PAB + '*Arcs :1 "likes"\n1 2\n*Arcs :2 "knows"\n1 2\n', {},
        "line 7: an edge may occur once"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # NetworkX warns of what it leaves out
@pytest.mark.parametrize("case", READ)
def test_a_format_is_read_right(case, tmp_path):
    name, content, choices, truth, note, reader = READ[case]
    path = written(tmp_path, name, content)
    read = read_graph(path, **choices)
    assert told(read.graph) == set(filter(None, truth.split("|" if "|" in truth else " ")))
    assert note in " / ".join(read.notes) if note else read.notes == []
    if reader is not None:
        G = reader(path)
        arrow = ">" if G.is_directed() else "-"
        pairs = {arrow.join(map(str, edge[:2] if G.is_directed() else sorted(map(str, edge[:2])))) for edge in G.edges}
        assert pairs == {edge.split(":")[0] for edge in told(read.graph)}


@pytest.mark.parametrize("case", REFUSED)
def test_a_format_is_refused_with_line_and_reason(case, tmp_path):
    name, content, choices, message = REFUSED[case]
    with pytest.raises(ValueError, match=message) as error:
        read_graph(written(tmp_path, name, content), **choices)
    assert "\n" not in str(error.value)


def test_there_are_two_hundred_files_of_either_kind_or_more():
    """The issue asks for 200 malformed or unusual files; those that merely repeat a pair of titles do not count."""
    tables = [case for case in TABLES["READ"] if not case.startswith("titles ")] + list(WRONG["REFUSED"])
    assert len(tables) + len(READ) + len(REFUSED) >= 200
    assert len(WRONG["REFUSED"]) + len(REFUSED) >= 100


def test_a_folder_and_a_missing_file_are_os_errors(tmp_path):
    with pytest.raises(IsADirectoryError):
        read_graph(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_graph(tmp_path / "no.csv")
    with pytest.raises(TypeError, match="weight"):
        read_graph(tmp_path, weight=3)
