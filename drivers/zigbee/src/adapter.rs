//! TI network processors (Z-Stack with the Monitor and Test API) behind the seam `ncp`.
