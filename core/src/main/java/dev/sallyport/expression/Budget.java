package dev.sallyport.expression;

import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationListener;
import java.util.Collection;
import java.util.Map;

/**
 * What one evaluation may cost. Every step is charged, by the size of what came out of it, because comparing, searching and
 * matching take as long as their operands are.
 */
final class Budget implements CelEvaluationListener {

    /** Far more than a reasonable condition takes, and some ten milliseconds. */
    static final int STEPS = 100_000;

    private int left = STEPS;

    // NB. Operators absorb the exception like any other, but the next step is charged too and throws again.
    @Override
    public void callback(CelExpr expression, Object result) {
        left -= 1 + size(result) + (isMatch(expression) ? Inspection.MAX_PATTERN : 0);
        if (left < 0) {
            left = 0;
            throw new Exceeded();
        }
    }

    private static boolean isMatch(CelExpr expression) {
        return expression.getKind() == CelExpr.ExprKind.Kind.CALL
                && expression.call().function().endsWith("matches");
    }

    private static int size(Object result) {
        if (result instanceof String text) return text.length();
        // NB. Not the sizes of our own objects and lists: those would read every fact of them.
        if (result instanceof Memberships) return 0;
        if (result instanceof Collection<?> list) return list.size();
        if (result instanceof Map<?, ?> map && !(map instanceof Shape.View)) return map.size();
        return 0;
    }

    /** The evaluation takes too long; its answer is unknown. */
    static final class Exceeded extends RuntimeException {

        private static final long serialVersionUID = 1;

        Exceeded() {
            super("budget exceeded", null, false, false);
        }
    }
}
