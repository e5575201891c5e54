/** One store of a database of this browser, opened for each use: where it was deleted meanwhile it is made anew. */
export class BrowserStore {
  readonly #database: string;
  readonly #store: string;

  constructor(database: string, store: string) {
    this.#database = database;
    this.#store = store;
  }

  /** What `work` told by `found` when its transaction is through: on the disk, where it wrote. */
  async within<T>(
    mode: IDBTransactionMode,
    empty: T,
    work: (store: IDBObjectStore, found: (value: T) => void) => void,
  ): Promise<T> {
    const database = await this.#opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(this.#store, mode, { durability: "strict" });
        let told = empty;
        work(transaction.objectStore(this.#store), (value) => {
          told = value;
        });
        transaction.oncomplete = () => resolve(told);
        const failed = (): void => reject(transaction.error ?? new Error("IndexedDB"));
        transaction.onerror = failed;
        transaction.onabort = failed;
      });
    } finally {
      database.close();
    }
  }

  #opened(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(this.#database, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(this.#store);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error ?? new Error("IndexedDB"));
    });
  }
}
