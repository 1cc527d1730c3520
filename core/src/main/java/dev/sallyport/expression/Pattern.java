package dev.sallyport.expression;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.google.re2j.PatternSyntaxException;
import dev.sallyport.document.DocumentFault;

/** A pattern that a text is matched against in linear time, in the syntax of RE2. A dot matches the end of a line too. */
public final class Pattern {

    /** The longest pattern, in characters. */
    public static final int MAX_LENGTH = 200;

    // NB. Texts of 2,000 characters are matched: linear in both.
    private static final int MAX_PROGRAM = 5_000;
    private static final int MAX_UNFOLDED = 20_000;

    private final com.google.re2j.Pattern compiled;

    private Pattern(com.google.re2j.Pattern compiled) {
        this.compiled = compiled;
    }

    /** @throws DocumentFault that says what is wrong */
    @JsonCreator
    public static Pattern compile(String text) {
        if (text == null || text.isEmpty()) throw new DocumentFault("", "must not be empty");
        if (text.length() > MAX_LENGTH || Inspection.unfolded(text) > MAX_UNFOLDED) throw tooLarge();
        try {
            var compiled = com.google.re2j.Pattern.compile(text, com.google.re2j.Pattern.DOTALL);
            if (compiled.programSize() > MAX_PROGRAM) throw tooLarge();
            return new Pattern(compiled);
        } catch (PatternSyntaxException e) {
            throw new DocumentFault("", "is not a pattern in the syntax of RE2: " + e.getDescription());
        }
    }

    private static DocumentFault tooLarge() {
        return new DocumentFault("", "is a pattern that is too large");
    }

    /** Whether the text has a part that matches; {@code ^} and {@code $} hold a pattern to the whole of it. */
    public boolean matches(String text) {
        return compiled.matcher(text).find();
    }

    @JsonValue
    @Override
    public String toString() {
        return compiled.pattern();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Pattern pattern && compiled.pattern().equals(pattern.compiled.pattern());
    }

    @Override
    public int hashCode() {
        return compiled.pattern().hashCode();
    }
}
