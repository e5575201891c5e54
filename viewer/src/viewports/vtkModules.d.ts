/** Not in vtk.js's own types. */
declare module "@kitware/vtk.js/Rendering/OpenGL/Texture/supportsNorm16Linear" {
  /** Whether 16-bit textures can be drawn smoothly; found out once a page, in a context made for it. */
  export default function supportsNorm16Linear(): boolean;
}
