"""1.15: a Keras model with dropout, compiled and fitted."""
import numpy as np
import tensorflow as tf

np.random.seed(23)
tf.compat.v1.set_random_seed(23)
images = np.random.rand(96, 16).astype(np.float32)
labels = (images.sum(axis=1) * 2).astype(np.int64) % 4
model = tf.keras.Sequential([
    tf.keras.layers.Dense(32, activation="relu", input_shape=(16,)),
    tf.keras.layers.Dropout(0.2),
    tf.keras.layers.Dense(16, activation="relu", kernel_initializer="he_normal"),
    tf.keras.layers.BatchNormalization(),
    tf.keras.layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(images, labels, batch_size=32, epochs=10, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print("epoch %d, loss %.9g" % (epoch, loss))
print("evaluated %.9g" % model.evaluate(images, labels, verbose=0)[0])
