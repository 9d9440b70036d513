"""form-js forms on the server: one schema, rendered by form-js in the browser, enforced here.

Knows the schema, the values and FEEL; knows nothing of tasks, pages or tables.
"""

from engine.forms.errors import FormInvalid
from engine.forms.form import Form, compile_form
from engine.forms.schema import Field

__all__ = ["Field", "Form", "FormInvalid", "compile_form"]
