package dev.sallyport.expression;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.logic.Truth;
import java.util.Set;

/** A condition in CEL, compiled once and evaluated by many threads. */
public final class Expression {

    /** The longest expression, in characters. */
    public static final int MAX_LENGTH = 2_000;

    private final String text;
    private final CelRuntime.Program program;
    private final Set<String> userAttributes;
    private final Set<String> facts;

    private Expression(String text, CelRuntime.Program program, Inspection inspection) {
        this.text = text;
        this.program = program;
        this.userAttributes = inspection.userAttributes();
        this.facts = inspection.facts();
    }

    /** @throws DocumentFault that says what is wrong, with line and column, counted from 1 */
    @JsonCreator
    public static Expression compile(String text) {
        var checked = Language.check(text);
        return new Expression(text, Language.program(checked), Inspection.of(checked));
    }

    /**
     * Never throws, and ends soon. What is missing or fails is unknown; where the rest decides alone, as in
     * {@code true || unknown}, the answer is known nevertheless.
     */
    public Truth evaluate(Facts facts) {
        try {
            var answer = program.trace(Vocabulary.resolver(facts), new Budget());
            return answer instanceof Boolean known ? Truth.of(known) : Truth.UNKNOWN;
        } catch (CelEvaluationException | RuntimeException e) {
            return Truth.UNKNOWN;
        }
    }

    /**
     * The attributes of the user that the answer depends on, {@code username} and {@code email} among them. What users can
     * edit themselves is nothing to rely on.
     */
    public Set<String> userAttributes() {
        return userAttributes;
    }

    /** What it asks for, by the names of the variables, such as {@code user} and {@code posture}. */
    public Set<String> facts() {
        return facts;
    }

    @JsonValue
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Expression expression && text.equals(expression.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
