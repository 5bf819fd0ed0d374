package dev.postern.grammar.build;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * Which slot of a frame holds what: first the locals, then the operands by depth.
 *
 * @param locals the types of the locals
 */
record FrameLayout(List<TypeKind> locals) {

    int operand(int depth) {
        return locals.size() + depth;
    }

    /** Turns the topmost value into what a slot holds. */
    static void toSlot(CodeBuilder code, TypeKind type) {
        switch (type) {
            case INT -> code.i2l();
            case LONG -> {}
            case DOUBLE ->
                    code.invokestatic(
                            ConstantDescs.CD_Double,
                            "doubleToRawLongBits",
                            MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_double));
            default -> throw new UnsupportedOperationException(type.toString());
        }
    }

    /** Turns what a slot holds into a value. */
    static void fromSlot(CodeBuilder code, TypeKind type) {
        switch (type) {
            case INT -> code.l2i();
            case LONG -> {}
            case DOUBLE ->
                    code.invokestatic(
                            ConstantDescs.CD_Double,
                            "longBitsToDouble",
                            MethodTypeDesc.of(ConstantDescs.CD_double, ConstantDescs.CD_long));
            default -> throw new UnsupportedOperationException(type.toString());
        }
    }
}
