// How messages and IPIs are delivered, and to whom. Intel SDM vol. 3, interrupt command register and message data register.

/** Delivery modes. */
export const FIXED = 0;
export const LOWEST_PRIORITY = 1;
export const INIT = 5;
export const STARTUP = 6;
export const EXTINT = 7;

export const isVectored = (dm: number): boolean => dm === FIXED || dm === LOWEST_PRIORITY;

/** The physical destination that is all xAPICs, and the first number that no xAPIC has. */
export const BROADCAST = 0xff;
