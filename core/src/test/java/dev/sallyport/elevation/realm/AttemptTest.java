package dev.sallyport.elevation.realm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.elevation.Analysis;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.ElevationRefusal.Conflict;
import dev.sallyport.elevation.realm.Attempt.Plan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptTest {

    private static final Analysis FINE = new Analysis(List.of(), List.of());

    private final List<String> done = new ArrayList<>();

    @Test
    void nothingStaysOfWhatFailsHalfway() {
        var attempt = attempt(new Plan<>(FINE, () -> {
            done.add("saved");
            throw new Conflict("It lasts as long already.");
        }));

        assertThatThrownBy(attempt::execute).isInstanceOf(Conflict.class);

        assertThat(done).containsExactly("turn", "saved", "undone");
    }

    @Test
    void whatIsRefusedBeforeLeavesNothingToUndo() {
        var attempt = attempt(new Plan<>(Analysis.of("eligible", false), () -> {
            throw new AssertionError();
        }));

        assertThatThrownBy(attempt::execute).isNotInstanceOf(AssertionError.class);

        assertThat(done).containsExactly("turn");
    }

    private Attempt<Elevation> attempt(Plan<Elevation> plan) {
        return new Attempt<>(() -> done.add("turn"), () -> plan, () -> done.add("undone"));
    }
}
