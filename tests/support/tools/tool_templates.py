"""Chat templates with tools, in the manner of real families and much shorter."""

_CHATML = "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
_ASSISTANT = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"

QWEN = (
    "{% for m in messages %}"
    "{% if m.role == 'system' and tools %}<|im_start|>system\n{{ m.content }}\n\n# Tools\n\n<tools>"
    "{% for tool in tools %}\n{{ tool | tojson }}{% endfor %}\n</tools>\n\nFor each call, return a json object within "
    '<tool_call></tool_call> XML tags:\n<tool_call>\n{"name": <name>, "arguments": <object>}\n</tool_call><|im_end|>\n'
    "{% elif m.role == 'assistant' and m.tool_calls %}<|im_start|>assistant{{ '\n' + m.content if m.content }}"
    '{% for call in m.tool_calls %}\n<tool_call>\n{"name": "{{ call.function.name }}", "arguments": '
    "{{ call.function.arguments | tojson }}}\n</tool_call>{% endfor %}<|im_end|>\n"
    "{% elif m.role == 'tool' %}<|im_start|>user\n<tool_response>\n{{ m.content }}\n</tool_response><|im_end|>\n"
    "{% else %}" + _CHATML + "{% endif %}{% endfor %}" + _ASSISTANT
)
LLAMA = (
    "{% for m in messages %}{% if m.role == 'tool' %}<|start_header_id|>ipython<|end_header_id|>\n\n"
    "{{ {'output': m.content} | tojson }}<|eot_id|>"
    "{% elif 'tool_calls' in m %}{% if m.tool_calls | length > 1 %}"
    "{{ raise_exception('This model only supports single tool-calls at once!') }}{% endif %}"
    "{% set call = m.tool_calls[0].function %}<|start_header_id|>assistant<|end_header_id|>\n\n"
    '{"name": "{{ call.name }}", "parameters": {{ call.arguments | tojson }}}<|eot_id|>'
    "{% else %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{% if m.role == 'user' and tools %}Respond with a JSON for a function call.\n\n"
    "{% for tool in tools %}{{ tool | tojson(indent=4) }}\n\n{% endfor %}{% endif %}{{ m.content | trim }}<|eot_id|>"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
_MISTRAL = (
    "{% if messages[0].role == 'system' %}{% set system = messages[0].content + '\n\n' %}"
    "{% set messages = messages[1:] %}{% else %}{% set system = '' %}{% endif %}<s>"
    "{% for m in messages %}{% if m.role == 'user' %}"
    "{% if tools %}[AVAILABLE_TOOLS]{{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}"
    "[INST]{{ system if loop.first }}{{ m.content }}[/INST]"
    "{% elif m.tool_calls %}{% CALLS %}</s>"
    "{% elif m.role == 'tool' %}{% if m.tool_call_id | length != 9 %}{{ raise_exception('Nine letters') }}{% endif %}"
    "[TOOL_RESULTS]{{ {'content': m.content, 'call_id': m.tool_call_id} | tojson }}[/TOOL_RESULTS]"
    "{% else %}{{ m.content }}</s>{% endif %}{% endfor %}"
)
MISTRAL = _MISTRAL.replace(
    "{% CALLS %}",
    "[TOOL_CALLS] [{% for call in m.tool_calls %}{% if call.id | length != 9 %}{{ raise_exception('Nine letters') }}"
    '{% endif %}{{ (call.function | tojson)[:-1] }}, "id": "{{ call.id }}"}{{ \', \' if not loop.last }}{% endfor %}]',
)
MISTRAL_NAMED = _MISTRAL.replace(
    "{% CALLS %}",
    "{% for call in m.tool_calls %}[TOOL_CALLS]{{ call.function.name }}[ARGS]{{ call.function.arguments | tojson }}"
    "{% endfor %}",
)
QWEN_CODER = QWEN.replace(
    '\n{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}\n',
    "\n<function={{ call.function.name }}>{% for name in call.function.arguments %}\n<parameter={{ name }}>\n"
    "{{ call.function.arguments[name] }}\n</parameter>{% endfor %}\n</function>\n",
)
"""Calls in XML, a format that is not read."""
