package dev.postern.server.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.SearchPath;
import dev.postern.policy.SearchPathChanges;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which search paths count as possible, after what. */
class SessionCatalogTest {

    private static final SearchPath FIRST = path("first");
    private static final SearchPath A = path("a");
    private static final SearchPath B = path("b");

    private final FixedCatalog access = new FixedCatalog();

    @Test
    void change_thatMayHaveFailed_leavesBothPossible() {
        SessionCatalog catalog = new SessionCatalog(access, FIRST);
        catalog.onForwarded(set(A));
        assertThat(catalog.view().paths()).containsExactly(FIRST, A);
    }

    @Test
    void change_thatTookEffect_leavesItAlone() {
        SessionCatalog catalog = new SessionCatalog(access, FIRST);
        catalog.onForwarded(set(A));
        catalog.onEffect(set(A));
        assertThat(catalog.view().paths()).containsExactly(A);
        catalog.onForwarded(reset());
        assertThat(catalog.view().paths()).containsExactly(A, FIRST);
        catalog.onEffect(reset());
        assertThat(catalog.view().paths()).containsExactly(FIRST);
    }

    @Test
    void pathThatAKeptStatementMaySet_comesBackWhenOneRuns() {
        SessionCatalog catalog = new SessionCatalog(access, FIRST);
        catalog.onForwarded(new SearchPathChanges(List.of(A), false, false));
        catalog.onEffect(set(B));
        assertThat(catalog.view().paths()).containsExactly(B);
        catalog.onKeptStatement();
        assertThat(catalog.view().paths()).containsExactly(B, A);
    }

    @Test
    void newerSnapshot_keepsThePaths_andMovesTheDefault() {
        SessionCatalog ofDefault = new SessionCatalog(access, null);
        SessionCatalog ofItsOwn = new SessionCatalog(access, FIRST);
        ofItsOwn.onForwarded(set(A));
        access.catalog = new Catalog.Builder(new Catalog.Source("d", "u", 15), B).build();

        assertThat(ofDefault.view().catalog()).isSameAs(access.catalog);
        assertThat(ofDefault.view().paths()).containsExactly(B);
        assertThat(ofItsOwn.view().paths()).containsExactly(FIRST, A);
    }

    @Test
    void view_isTheSameObject_asLongAsNothingChanges() {
        SessionCatalog catalog = new SessionCatalog(access, FIRST);
        assertThat(catalog.view()).isSameAs(catalog.view());
        catalog.onForwarded(SearchPathChanges.NONE);
        catalog.onForwarded(set(FIRST));
        assertThat(catalog.view()).isSameAs(catalog.view());
    }

    @Test
    void morePathsThanCanBeFollowed_areNotSet() {
        SessionCatalog catalog = new SessionCatalog(access, FIRST);
        for (int i = 1; i < SessionCatalog.MAX_PATHS; i++) {
            assertThat(catalog.mayChange(set(path("p" + i)))).isTrue();
            catalog.onForwarded(set(path("p" + i)));
        }
        assertThat(catalog.mayChange(set(A))).isFalse();
        assertThat(catalog.mayChange(SearchPathChanges.NONE)).isTrue();
    }

    private static SearchPath path(String schema) {
        return SearchPath.of(List.of(schema), "u");
    }

    private static SearchPathChanges set(SearchPath path) {
        return new SearchPathChanges(List.of(path), false, true);
    }

    private static SearchPathChanges reset() {
        return new SearchPathChanges(List.of(), true, true);
    }
}
