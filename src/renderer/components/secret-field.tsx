import type { ReactNode, Ref } from 'react';
import { useId } from 'react';

interface SecretFieldProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly label: string;
  readonly help?: ReactNode;
  readonly error?: ReactNode;
  readonly required?: boolean;
}

/**
 * A field for a secret. It is uncontrolled: the value is never in React's state, and is read once
 * with `takeSecret`, which empties the field.
 */
export function SecretField({ ref, label, help, error, required = true }: SecretFieldProps) {
  const id = useId();
  const says = error ?? help;
  return (
    <div className={`lw-field ${error === undefined ? '' : 'is-error'}`}>
      <label htmlFor={id}>{label}</label>
      <input
        ref={ref}
        id={id}
        type="password"
        autoComplete="off"
        spellCheck={false}
        required={required}
        aria-invalid={error !== undefined}
        aria-describedby={says === undefined ? undefined : `${id}-says`}
      />
      {says === undefined ? null : (
        <p id={`${id}-says`} className={error === undefined ? 'lw-help' : 'lw-field__error'}>
          {says}
        </p>
      )}
    </div>
  );
}

/** Reads a secret out of its field and leaves the field empty. */
export function takeSecret(field: HTMLInputElement | HTMLTextAreaElement | null): string {
  if (field === null) return '';
  const value = field.value;
  field.value = '';
  return value;
}
