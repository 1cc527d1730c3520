package dev.sallyport.device;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A version of an operating system: dotted numbers, compared number by number; a missing number counts as 0. */
public record OsVersion(List<Long> numbers) implements Comparable<OsVersion> {

    // NB. Bounded in count and digits, so that no version overflows or takes long to read.
    private static final Pattern FORM = Pattern.compile("\\d{1,18}(\\.\\d{1,18}){0,7}");

    public OsVersion {
        int significant = numbers.size();
        while (significant > 1 && numbers.get(significant - 1) == 0) significant--;
        numbers = List.copyOf(numbers.subList(0, significant));
    }

    /** @return empty when the text is not of dotted numbers, so that nobody compares what cannot be compared */
    public static Optional<OsVersion> of(String text) {
        if (text.length() > 160 || !FORM.matcher(text).matches()) return Optional.empty();
        return Optional.of(new OsVersion(
                Arrays.stream(text.split("\\.")).map(Long::valueOf).toList()));
    }

    @Override
    public int compareTo(OsVersion other) {
        for (int i = 0; i < Math.max(numbers.size(), other.numbers.size()); i++) {
            int order = Long.compare(at(i), other.at(i));
            if (order != 0) return order;
        }
        return 0;
    }

    private long at(int index) {
        return index < numbers.size() ? numbers.get(index) : 0;
    }
}
