import vtkColorTransferFunction from "@kitware/vtk.js/Rendering/Core/ColorTransferFunction";
import type { GreyTable } from "./grey";

/**
 * Our grey table as the colour transfer function that vtk.js uploads to the GPU. vtk.js asks it for `size` colours over
 * its range and looks them up at (value - from) / (to - from), so that the middle of an entry is that entry exactly.
 */
export interface GreyFunction {
  readonly vtk: vtkColorTransferFunction;
  set(table: GreyTable): void;
}

interface OpenFunction {
  getRange(): [number, number];
  setRange(low: number, high: number): boolean;
  getTable(from: number, to: number, size: number, out: Float32Array): void;
  modified(): void;
}

export function greyFunction(): GreyFunction {
  let table: GreyTable = { from: 0, to: 1, greys: new Float32Array([0, 1]) };
  const open = {} as OpenFunction;
  vtkColorTransferFunction.extend(open, {}, {});
  open.getRange = () => [table.from, table.to];
  // Cornerstone3D moves a function's range when it believes the window has changed; ours is moved by us alone.
  open.setRange = () => false;
  open.getTable = (_from, _to, size, out) => {
    const { greys } = table;
    for (let index = 0; index < size; index += 1) {
      const grey = greys[Math.min(Math.floor(((index + 0.5) * greys.length) / size), greys.length - 1)] ?? 0;
      out.fill(grey, index * 3, index * 3 + 3);
    }
  };
  return {
    vtk: open as unknown as vtkColorTransferFunction,
    set: (next) => {
      table = next;
      open.modified();
    },
  };
}
