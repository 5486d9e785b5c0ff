"""all-MiniLM-L6-v2 as a graph for ONNX Runtime, made from the weights that the package brings.

BERT's forward pass, mean pooling and normalisation in 45 operations. Those of the domain `com.microsoft` are ONNX
Runtime's own and do a whole step each (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

# The shape of the model (its config.json).
LAYERS = 6
HEADS = 12
DIMENSIONS = 384
EPSILON = 1e-12
_FUSED = "com.microsoft"
# What these operations need; ONNX Runtime from 1.13 on reads it.
_OPSET = 17
_FORMAT = 8


def graph(weights: dict[str, np.ndarray]) -> tuple[bytes, dict[str, np.ndarray]]:
    """Give the model's graph and the numbers that go with it.

    Args:
        weights: of `BertModel`, by their names in the checkpoint.

    Returns:
        The serialised graph, and its constants by name: they are handed to the session beside it, as 90 MB would be
        copied twice on the way through the graph. It takes `ids` (texts, word pieces), without padding, and gives
        `vectors` (texts, 384) of length 1.
    """
    constants: dict[str, np.ndarray] = {}
    nodes: list[onnx.NodeProto] = []

    def get(name: str) -> np.ndarray:
        return weights[name].astype(np.float32)

    def constant(name: str, value: np.ndarray) -> str:
        constants[name] = np.ascontiguousarray(value)
        return name

    def add(operation: str, inputs: list[str], output: str, *, fused: bool = False, **options: Any) -> str:
        nodes.append(helper.make_node(operation, inputs, [output], domain=_FUSED if fused else "", **options))
        return output

    def matrix(name: str) -> str:
        return constant(f"{name}.weight", get(f"{name}.weight").T)

    def vector(name: str) -> str:
        return constant(name, get(name))

    def residual(x: str, dense: str, before: str, norm: str) -> str:
        """Multiply, add the bias and what was before, normalise."""
        product = add("MatMul", [x, matrix(dense)], f"{dense}.product")
        inputs = [product, before, vector(f"{norm}.weight"), vector(f"{norm}.bias"), vector(f"{dense}.bias")]
        return add("SkipLayerNormalization", inputs, f"{norm}.output", fused=True, epsilon=EPSILON)

    # One text, so the segment is always the first.
    places = get("embeddings.position_embeddings.weight") + get("embeddings.token_type_embeddings.weight")[0]
    tables = [vector("embeddings.word_embeddings.weight"), constant("embeddings.places", places)]
    norm = [vector("embeddings.LayerNorm.weight"), vector("embeddings.LayerNorm.bias")]
    nodes.append(
        helper.make_node(
            "EmbedLayerNormalization", ["ids", "", *tables, "", *norm], ["embeddings.output", "embeddings.lengths"],
            domain=_FUSED, epsilon=EPSILON,
        )
    )  # fmt: skip
    x = "embeddings.output"
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        qkv = constant(f"{layer}.qkv.weight", np.concatenate([get(f"{part}.weight").T for part in parts], axis=1))
        bias = constant(f"{layer}.qkv.bias", np.concatenate([get(f"{part}.bias") for part in parts]))
        read = add("Attention", [x, qkv, bias], f"{layer}.attention", fused=True, num_heads=HEADS)
        x = residual(read, f"{layer}.attention.output.dense", x, f"{layer}.attention.output.LayerNorm")
        up = f"{layer}.intermediate.dense"
        inner = add("MatMul", [x, matrix(up)], f"{up}.product")
        inner = add("BiasGelu", [inner, vector(f"{up}.bias")], f"{up}.output", fused=True)
        x = residual(inner, f"{layer}.output.dense", x, f"{layer}.output.LayerNorm")
    mean = add("ReduceMean", [x], "mean", axes=[1], keepdims=0)
    add("LpNormalization", [mean], "vectors", axis=1, p=2)

    made = helper.make_graph(
        nodes, "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info("ids", TensorProto.INT32, ["texts", "pieces"])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", DIMENSIONS])],
        [_outside(name, value) for name, value in constants.items()],
    )  # fmt: skip
    imports = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
    return helper.make_model(made, opset_imports=imports, ir_version=_FORMAT).SerializeToString(), constants


def _outside(name: str, value: np.ndarray) -> onnx.TensorProto:
    """Declare a constant that the session is given apart."""
    tensor = onnx.TensorProto(name=name, data_type=TensorProto.FLOAT, dims=value.shape)
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="given to the session")
    return tensor
