package dev.postern.grammar.build;

import java.lang.classfile.TypeKind;
import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of a function that is only entered at its beginning; it may be left anywhere.
 *
 * @param number its position among the function's blocks
 * @param entry the types of the operands on the stack at its beginning, lowest first
 * @param steps what it does
 */
record Block(int number, List<TypeKind> entry, List<Step> steps) {

    Block(int number, List<TypeKind> entry) {
        this(number, List.copyOf(entry), new ArrayList<>());
    }
}
