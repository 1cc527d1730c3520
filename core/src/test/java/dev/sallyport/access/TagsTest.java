package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.Json;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TagsTest {

    private static final PolicyDocument TAGGED = policy("'tags':['early','vpn'],");
    private static final PolicyDocument UNTAGGED = policy("");
    private static final PolicyDocument UNREADABLE = AccessPolicy.readAnyway("broken", "{");

    @Test
    void withoutTagsEveryPolicyIsAsked() {
        assertThat(Tags.ALL_POLICIES.select(TAGGED)).isTrue();
        assertThat(Tags.ALL_POLICIES.select(UNTAGGED)).isTrue();
        assertThat(Tags.ALL_POLICIES.select(UNREADABLE)).isTrue();
    }

    @Test
    void withTagsThosePoliciesAreAskedThatCarryOneOfThem() {
        var early = new Tags(Set.of("early", "other"));

        assertThat(early.select(TAGGED)).isTrue();
        assertThat(early.select(UNTAGGED)).isFalse();
        assertThat(new Tags(Set.of("Early")).select(TAGGED)).isFalse();
    }

    @Test
    void policyThatCannotBeReadIsAskedByWhateverTags() {
        assertThat(new Tags(Set.of("nobody")).select(UNREADABLE)).isTrue();
    }

    private static PolicyDocument policy(String more) {
        return AccessPolicy.read(Json.of("{'name':'p','state':'enforced'," + more + "'controls':{'block':true}}"));
    }
}
