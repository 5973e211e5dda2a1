"""Says what PyYAML reads: a JSON list of documents in, a JSON list of answers out.

An answer is null where PyYAML refuses or crashes, else what Document.text of pyyaml.rs writes.
"""
import json
import sys

import yaml

NODES = yaml.nodes


def shape(node):
    """The tree with every scalar as text, as far as a file's author can see it."""
    if isinstance(node, NODES.ScalarNode):
        return ["text" if node.style else "plain", node.value]
    if isinstance(node, NODES.SequenceNode):
        return [shape(item) for item in node.value]
    return {"map": [[shape(key), shape(value)] for key, value in node.value]}


def answer(question):
    kind, text = question
    try:
        if kind == "shape":
            return shape(yaml.compose(text, Loader=yaml.SafeLoader))
        loaded = yaml.safe_load(text)
        if kind == "value":
            return str(loaded)
        return {str(key): str(value) for key, value in loaded.items()}
    except Exception:  # a crash of the original's is a refusal of ours
        return None


json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
