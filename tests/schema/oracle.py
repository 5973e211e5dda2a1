"""Reads schemas, and pairs of the name of one and an instance; writes what is wrong with each, null for nothing."""
import json
import sys

from jsonschema import Draft7Validator



def exact(schema):
    """With `$` as ECMAScript has it, which does not match in front of a last line break."""
    if isinstance(schema, list):
        return [exact(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    end = lambda key, value: value[:-1] + r"\Z" if key == "pattern" and str(value).endswith("$") else exact(value)
    return {key: end(key, value) for key, value in schema.items()}


questions = json.load(sys.stdin)
validators = {}
answers = []
for schema, instance in questions["asked"]:
    if schema not in validators:
        Draft7Validator.check_schema(questions["schemas"][schema])
        validators[schema] = Draft7Validator(exact(questions["schemas"][schema]))
    error = next(validators[schema].iter_errors(instance), None)
    answers.append(error and "/".join(map(str, error.path)) + ": " + error.message[:200])
json.dump(answers, sys.stdout)
