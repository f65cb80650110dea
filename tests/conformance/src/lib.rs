//! Tests of the built parts against independent tools and real images.
