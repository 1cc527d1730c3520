package dev.sallyport.document.realm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import org.junit.jupiter.api.Test;
import org.keycloak.component.ComponentModel;

class DocumentComponentsTest {

    private final ComponentModel component = new ComponentModel();

    @Test
    void documentThatIsSaidTwiceIsNone() {
        component.put("document", "{}");
        component.getConfig().add("document", "{\"block\":true}");

        assertThat(DocumentComponents.document(component)).isEmpty();
        assertThatThrownBy(() -> DocumentComponents.validateSingle(component))
                .isInstanceOf(DocumentFault.class)
                .hasMessage("document: must have one value");
    }

    @Test
    void otherPropertyThatIsSaidTwiceIsRefusedByName() {
        component.put("document", "{}");
        component.put("token", "one");
        component.getConfig().add("token", "other");

        assertThatThrownBy(() -> DocumentComponents.validateSingle(component)).hasMessage("token: must have one value");
    }

    @Test
    void documentThatIsSaidOnceIsIt() {
        component.put("document", "{}");

        DocumentComponents.validateSingle(component);

        assertThat(DocumentComponents.document(component)).isEqualTo("{}");
        assertThat(DocumentComponents.document(new ComponentModel())).isEmpty();
    }
}
