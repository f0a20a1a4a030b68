// Puts a copy button behind each id; without it an id is selected whole by one click.

const main = document.getElementById('content');
for (const id of document.querySelectorAll('[data-copyable]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button copy';
  button.textContent = main.dataset.copy;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(id.textContent);
    button.textContent = main.dataset.copied;
    setTimeout(() => { button.textContent = main.dataset.copy; }, 2000);
  });
  id.after(button);
}
