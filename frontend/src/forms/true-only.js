// Conditions hold only when they are true: form-js takes null for hidden, the server does not (docs/forms.md).
import { FeelExpressionLanguage } from '@bpmn-io/form-js-viewer';

class TrueOnly extends FeelExpressionLanguage {
  evaluateUnaryTest(expression, data = {}) {
    return this.isExpression(expression) ? this.evaluate(expression, data) === true : null;
  }
}
TrueOnly.$inject = ['eventBus'];

export const trueOnly = { expressionLanguage: ['type', TrueOnly] };
